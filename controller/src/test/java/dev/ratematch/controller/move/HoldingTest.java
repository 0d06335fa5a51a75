package dev.ratematch.controller.move;

import static dev.ratematch.controller.sample.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Switching;
import dev.ratematch.controller.spec.Switching.Actuation;
import org.junit.jupiter.api.Test;

class HoldingTest {

    private static final ServiceSpec SPEC = spec(32);

    private static final ServiceSpec SWITCHING =
            SPEC.withSwitching(Switching.of(Actuation.SWITCH, 10.0, 1));

    private static final int EACH = SWITCHING.prefill().gpusPerReplica();

    /// Four of six prefill replicas are to stay, and decode is to have twelve: two wait for their
    /// turn and are in prefill still, one is on its way, and one more drains.
    private static final Holding PREFILL = new Holding(4, 6, 0, 0);

    private static final Holding DECODE = new Holding(12, 9, 1, 1);

    private static int replicas(Role role, Holding prefill, Holding decode, ServiceSpec spec) {
        return Holding.gpus(role, prefill, decode, spec) / EACH;
    }

    @Test
    void a_replica_that_changes_its_role_is_counted_in_one_of_them() {
        int prefill = replicas(Role.PREFILL, PREFILL, DECODE, SWITCHING);
        int decode = replicas(Role.DECODE, PREFILL, DECODE, SWITCHING);

        assertThat(prefill).isEqualTo(6);
        assertThat(decode).isEqualTo(11);
        assertThat((prefill + decode) * EACH).isEqualTo(Holding.gpus(PREFILL, DECODE, SWITCHING));
    }

    @Test
    void one_that_is_commanded_and_comes_from_no_role_counts_where_it_is_commanded() {
        var steady = new Holding(4, 4, 0, 0);
        var growing = new Holding(6, 4, 0, 0);
        assertThat(replicas(Role.PREFILL, steady, growing, SWITCHING)).isEqualTo(4);
        assertThat(replicas(Role.DECODE, steady, growing, SWITCHING)).isEqualTo(6);
        assertThat(replicas(Role.PREFILL, growing, growing, SWITCHING)).isEqualTo(6);
        assertThat(replicas(Role.DECODE, growing, growing, SWITCHING)).isEqualTo(6);
    }

    @Test
    void where_replicas_keep_their_role_each_has_what_it_claims() {
        assertThat(replicas(Role.PREFILL, PREFILL, DECODE, SPEC)).isEqualTo(6);
        assertThat(replicas(Role.DECODE, PREFILL, DECODE, SPEC)).isEqualTo(13);
    }
}
