package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.SessionRig.matcher;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcherStatus.Recommendation;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What is said of the plan agrees with what is wanted, and names what is missing.
class SaidPlainlyTest {

    private final SessionRig rig = new SessionRig();

    private Recommendation said() {
        return Objects.requireNonNull(rig.cluster.status().recommendation());
    }

    @Test
    void theBestWithinTheBudgetIsNotCalledWhatIsNeeded() {
        rig.deployed(5, 1).run("Recommend");
        rig.run("Recommend");

        assertThat(said().text())
                .endsWith(
                        said().ratio()
                                + " is the best within the budget of 6 GPUs; the demand needs more.");
        assertThat(rig.condition("ScalingLimited"))
                .returns("True", Condition::status)
                .satisfies(
                        c ->
                                assertThat(c.message())
                                        .startsWith(
                                                said().ratio()
                                                        + " is the best within the budget of 6 GPUs"
                                                        + " and carries "));
    }

    @Test
    void whatAPauseHoldsBackIsNamedByItsEndAndWhatStaysTo() {
        var paused = matcher("Auto");
        paused.getMetadata().setAnnotations(Map.of(Api.PAUSED, "true"));
        rig.deployed(5, 1).run(paused);
        rig.run(paused);
        var next = Objects.requireNonNull(rig.cluster.status().nextMove());

        assertThat(said().ratio()).isEqualTo("5P1D");
        assertThat(said().text())
                .contains("Without that: %s (".formatted(next.to()), "5P1D stays for now.");
    }

    @Test
    void aDemandThatFitsIsNotSaidToBeCarried() {
        rig.rate = 40;
        rig.deployed(2, 1).run("Recommend");
        rig.run("Recommend");
        double unserved = Objects.requireNonNull(rig.cluster.status().unservedPercent());

        assertThat(unserved).isGreaterThan(20);
        assertThat(rig.condition("ScalingLimited"))
                .returns("False", Condition::status)
                .satisfies(
                        c ->
                                assertThat(c.message())
                                        .startsWith(
                                                "The demand fits within the limits; 2P1D carries")
                                        .contains("%.0f %%".formatted(100 - unserved)));
    }

    @Test
    void aReplicaThatDoesNotServeIsCounted() {
        rig.rate = 5;
        rig.deployed(3, 3).run("Auto");
        rig.cluster.report("decode-0", "conditions: [{type: Ready, status: 'False'}]");
        rig.run("Auto");

        assertThat(rig.condition("ScalingLimited").message())
                .isEqualTo("The demand fits within the limits; of 3P3D only 3P2D serves.");
    }
}
