package dev.ratematch.controller.publish;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.publish.Change.Published;
import dev.ratematch.controller.publish.Change.Removed;
import dev.ratematch.controller.sample.Cycles;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class RecommendationsTest {

    private static final Instant AT = Instant.parse("2026-11-25T00:00:00Z");

    private final Recommendations store = new Recommendations();

    private static Recommended of(String namespace, String name, int prefill, int decode) {
        return new Recommended(namespace, name, prefill, decode, 1, 9, AT, true, "rebalance");
    }

    @Test
    void theLastOneCounts() {
        store.publish(of("b", "chat", 1, 2));
        store.publish(of("a", "chat", 3, 4));
        store.publish(of("b", "chat", 5, 6));
        assertThat(store.all()).containsExactly(of("a", "chat", 3, 4), of("b", "chat", 5, 6));
        assertThat(store.find("b", "chat")).contains(of("b", "chat", 5, 6));
        assertThat(of("b", "chat", 5, 6).now(Role.PREFILL)).isEqualTo(5);
        assertThat(of("b", "chat", 5, 6).end(Role.DECODE)).isEqualTo(9);
    }

    @Test
    void staleKeepsTheCountsAndTheirTime() {
        store.publish(of("a", "chat", 3, 4));
        store.stale("a", "chat", "Prometheus is away.");
        assertThat(store.find("a", "chat"))
                .contains(
                        new Recommended("a", "chat", 3, 4, 1, 9, AT, false, "Prometheus is away."));
    }

    private static Cycle cycle(Decision decision, Counts told, String text) {
        var first = new Controller(spec(32), laws()).step(State.INITIAL, steady(30, 2, 2, 60));
        return Cycles.with(first.cycle(), decision, told, text);
    }

    @Test
    void aCycleThatCouldTellReplacesTheCountsAndOneThatCouldNotKeepsThem() {
        store.conclude(
                "a",
                "chat",
                cycle(new Decision.Resize(new Sizes(3, 4), Reason.GROW), new Counts(3, 3), "grow"),
                AT);
        var good = new Recommended("a", "chat", 3, 3, 3, 4, AT, true, "GROW");
        assertThat(store.find("a", "chat")).contains(good);
        var nine = new Counts(9, 9);
        for (var reason : Reason.values()) {
            store.publish(good);
            store.conclude(
                    "a",
                    "chat",
                    cycle(new Decision.Hold(nine, reason), nine, "it is dark"),
                    AT.plusSeconds(15));
            assertThat(store.find("a", "chat").map(Recommended::fresh)).contains(reason.tells());
            assertThat(store.find("a", "chat").map(Recommended::prefillNow))
                    .contains(reason.tells() ? 9 : 3);
        }
        assertThat(Reason.TELEMETRY_UNKNOWN.tells()).isFalse();
        assertThat(Reason.IDLE.tells()).isTrue();
        store.publish(good);
        store.conclude(
                "a",
                "chat",
                cycle(new Decision.Hold(Counts.UNKNOWN, Reason.IDLE), Counts.UNKNOWN, "no counts"),
                AT);
        assertThat(store.find("a", "chat")).map(Recommended::reason).contains("no counts");
    }

    @Test
    void staleInventsNothing() {
        store.stale("a", "chat", "Prometheus is away.");
        assertThat(store.all()).isEmpty();
        assertThat(store.waiting("a", "chat")).contains("Prometheus is away.");
        store.publish(of("a", "chat", 3, 4));
        assertThat(store.waiting("a", "chat")).isEmpty();
        store.stale("a", "new", "No window yet.");
        store.remove("a", "new");
        assertThat(store.waiting("a", "new")).isEmpty();
    }

    @Test
    void aListenerHearsWhatIsThereAndThenEveryChangeInOrder() {
        store.publish(of("a", "chat", 3, 4));
        var heard = new ArrayList<Change>();
        var listening = store.listen(heard::add);
        store.publish(of("a", "code", 1, 1));
        store.remove("a", "chat");
        store.remove("a", "chat");
        listening.close();
        store.publish(of("a", "code", 2, 2));
        assertThat(heard)
                .containsExactly(
                        new Published(of("a", "chat", 3, 4)),
                        new Published(of("a", "code", 1, 1)),
                        new Removed("a", "chat"));
    }

    @Test
    void anUnknownCountIsRefused() {
        assertThatThrownBy(() -> of("a", "chat", -1, 4))
                .hasMessage("prefillNow (-1) must be at least 0.");
    }
}
