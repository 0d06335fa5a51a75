package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.SessionRig.matcher;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.fleet.TargetException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When a RateMatcher is Ready, and what it says where it is not.
class ReadinessTest {

    private final SessionRig rig = new SessionRig();

    private void is(String type, String status, String reason) {
        assertThat(rig.condition(type))
                .returns(status, Condition::status)
                .returns(reason, Condition::reason);
    }

    private List<Condition> conditions() {
        return Objects.requireNonNull(rig.cluster.status().conditions());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Auto", "Recommend"})
    void aHealthyOneIsReadyInBothModesAndEveryConditionIsOfItsSpec(String mode) {
        rig.deployed(3, 3).run(mode);
        rig.run(mode);

        is("Ready", "True", mode);
        is("ScalingActive", "True", mode);
        assertThat(conditions().getFirst().type()).isEqualTo("Ready");
        assertThat(conditions()).allMatch(c -> Objects.equals(c.observedGeneration(), 1L));
    }

    @Test
    void aRefusalIsSaidEverywhereAndWhatIsNotLookedAtIsUnknown() {
        rig.deployed(3, 3).run("Recommend");
        rig.run("Recommend");
        rig.cluster.remove("decode");
        var changed = matcher("Recommend");
        changed.getMetadata().setGeneration(2L);
        rig.run(changed);

        is("Ready", "False", "TargetUnreadable");
        is("ScalingActive", "False", "TargetUnreadable");
        is("TelemetryFresh", "Unknown", "Refused");
        is("PodsHealthy", "Unknown", "Refused");
        assertThat(rig.condition("Ready").message()).contains("Deployment/decode");
        assertThat(rig.condition("Ready").observedGeneration()).isEqualTo(2);
        assertThat(rig.cluster.status().reason()).isEqualTo("TargetUnreadable");
        // What was planned stands, for the spec that it was planned for.
        assertThat(rig.condition("SloReachable"))
                .returns("True", Condition::status)
                .returns(1L, Condition::observedGeneration);
    }

    @Test
    void oneThatWasNeverReadShowsWhy() {
        rig.run("Auto");

        assertThat(rig.cluster.status().reason()).isEqualTo("TargetUnreadable");
        assertThat(conditions())
                .extracting(Condition::type)
                .containsExactly(
                        "Ready",
                        "TelemetryFresh",
                        "PodsHealthy",
                        "ModelCalibrated",
                        "SloReachable",
                        "ScalingActive",
                        "ScalingLimited",
                        "Conflict");
    }

    @Test
    void whatModeAutoRefusesIsTheReasonAlthoughAdviceGoesOn() {
        var unbounded = matcher("Auto");
        unbounded.setSpec(
                Looks.matcher(
                                Manifests.matcher("Auto", SessionRig.GPUS)
                                        .replace("  budget: {gpus: 6}\n", ""))
                        .getSpec());
        rig.deployed(4, 1).run(unbounded);
        rig.run(unbounded);

        is("Ready", "False", "BudgetMissing");
        assertThat(rig.cluster.status().reason()).isEqualTo("BudgetMissing");
        assertThat(Objects.requireNonNull(rig.cluster.status().recommendation()).reason())
                .isNotEqualTo("BudgetMissing");
    }

    @Test
    void telemetryThatCannotBeReadIsNotReadyButTheFirstLooksTellNothing() {
        rig.telemetry = Looks::blind;
        rig.deployed(3, 3).run("Auto");
        rig.run("Auto");
        rig.run("Auto");
        is("Ready", "Unknown", "Starting");
        rig.run("Auto");
        is("Ready", "False", "TelemetryUnknown");
        assertThat(rig.condition("Ready").message()).contains("engines do not answer");
        assertThat(rig.cluster.status().reason()).isEqualTo("TelemetryUnknown");
        rig.telemetry = seen -> seen;
        rig.run("Auto");
        is("Ready", "True", "Auto");

        // Another process has to look more than once too, and takes nothing back in between.
        var next = rig.restarted("Auto");
        rig.telemetry = Looks::blind;
        rig.run(next);
        is("Ready", "True", "Auto");
        is("TelemetryFresh", "False", "TelemetryUnknown");
        rig.run(next);
        rig.run(next);
        rig.run(next);
        is("Ready", "False", "TelemetryUnknown");
    }

    @Test
    void aPauseIsTheOwnersWishAndAForeignHandIsNot() {
        var paused = matcher("Auto");
        paused.getMetadata().setAnnotations(Map.of(Api.PAUSED, "true"));
        rig.deployed(3, 3).run(paused);
        is("Ready", "True", "Paused");
        is("ScalingActive", "False", "Paused");

        rig.cluster.autoscalers.put("decode", "by-cpu");
        rig.run("Auto");
        is("Ready", "False", "Conflict");
        assertThat(rig.condition("Ready").message()).contains("by-cpu");
    }

    @Test
    void aConflictThatIsARefusalIsAConflict() {
        var status = StatusText.refused(1L, new Refusal("Conflict", "llm/a scales it too."), null);

        assertThat(Standing.last(status, "Conflict"))
                .isNotNull()
                .returns("True", Condition::status)
                .returns(Conflict.OLDER, Condition::reason);
        assertThat(Standing.last(status, "Ready"))
                .isNotNull()
                .returns("False", Condition::status)
                .returns("Conflict", Condition::reason);
    }

    @Test
    void aCommandThatKeepsFailingDoesNotFlap() {
        rig.cluster.failDrain(new TargetException("Pod prefill-0 cannot be patched: forbidden"));
        rig.deployed(5, 1).run("Auto");
        rig.run("Auto");
        is("Ready", "False", "CommandFailed");
        assertThat(rig.condition("Ready").message()).contains("forbidden");
        rig.run("Auto");
        var since = rig.condition("Ready").lastTransitionTime();
        int before = rig.cluster.writes.size();
        rig.run("Auto");

        is("Ready", "False", "CommandFailed");
        assertThat(rig.condition("Ready").lastTransitionTime()).isEqualTo(since);
        assertThat(rig.cluster.writes.subList(before, rig.cluster.writes.size()))
                .noneMatch(line -> line.startsWith("event"));
    }

    @Test
    void aPodThatDoesNotServeIsTheReasonOnceNothingElseIs() {
        rig.deployed(3, 3).run("Auto");
        rig.cluster.report("decode-0", "conditions: [{type: Ready, status: 'False'}]");
        rig.cluster.nodes.put(
                "a", new NodeHealth(NodeHealth.State.NOT_READY, "2026-11-01T00:00:10Z"));
        rig.run("Auto");

        is("PodsHealthy", "False", "NodeLost");
        is("Ready", "True", "Auto");
        assertThat(rig.cluster.status().reason()).isEqualTo("NodeLost");
        assertThat(rig.condition("PodsHealthy").message())
                .isEqualTo(
                        "Decode pod decode-0 on node a: the node is not ready since"
                                + " 2026-11-01T00:00:10Z.");
        assertThat(rig.condition("ScalingLimited").message())
                .doesNotEndWith("The demand fits within the limits.");
    }

    @Test
    void aNodeThatIsGoneUnderAPodThatSaysItServesIsSaidOnceThePodDoesNotAnswer() {
        rig.deployed(3, 3).run("Recommend");
        rig.cluster.nodes.put("a", new NodeHealth(NodeHealth.State.GONE, null));
        rig.run("Recommend");
        is("PodsHealthy", "True", "Healthy");

        rig.silent.add("decode-1");
        rig.run("Recommend");
        rig.run("Recommend");

        is("PodsHealthy", "False", "NodeLost");
        assertThat(rig.condition("PodsHealthy").message())
                .isEqualTo("Decode pod decode-1 on node a: the node is gone.");
    }
}
