package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ratematch.controller.roleswitch.Reply.Answer;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcherStatus.SwitchStatus;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A session on workers that switch roles, on a cluster in memory.
class WorkersSessionTest {

    private static final String AUTO = "Auto";

    /// Looks until a decision and one switch are through, with room.
    private static final int ENOUGH = 120;

    private final WorkersRig rig = new WorkersRig().deployed(5, 1);

    @Test
    void aRebalanceSwitchesInstancesAndStopsNone() {
        rig.run(AUTO, ENOUGH);

        assertThat(rig.cluster.engines.told).isNotEmpty().allMatch(t -> t.endsWith("to decode"));
        assertThat(rig.roles()).doesNotContain("-").contains("ddd");
        assertThat(rig.cluster.replicas("workers")).isEqualTo(WorkersRig.GPUS);
        assertThat(rig.cluster.writes).noneMatch(w -> w.startsWith("scale"));
        assertThat(rig.cluster.writes).noneMatch(w -> w.startsWith("delete"));
        assertThat(rig.cluster.writes).contains("event Normal Switched");
    }

    @Test
    void whatIsBegunIsKeptBeforeAnythingOfItIsDone() {
        rig.run(AUTO, ENOUGH);

        var writes = rig.cluster.writes;
        int out =
                writes.indexOf(
                        writes.stream()
                                .filter(w -> w.startsWith("unroute"))
                                .findFirst()
                                .orElseThrow());
        assertThat(writes.subList(0, out)).contains("switches", "hold");
        assertThat(writes.lastIndexOf("let go")).isGreaterThan(writes.lastIndexOf("hold"));
    }

    @Test
    void oneThatIsNotAskedSuccessfullyIsNeverTakenOut() {
        rig.cluster.engines.able = Answer.NOT_OFFERED;
        rig.run(AUTO, ENOUGH);

        assertThat(rig.cluster.writes).noneMatch(w -> w.startsWith("unroute"));
        var said = rig.condition(SwitchText.SWITCHABLE);
        assertThat(said.status()).isEqualTo("False");
        assertThat(said.reason()).isEqualTo("NotOffered");
        assertThat(said.message())
                .startsWith("spec.workers.switch.protocol (sglang): ")
                .contains("--enable-pd-role-switch");
    }

    @Test
    void whereEnginesNeverSwitchNoneIsStoppedForIt() {
        rig.cluster.engines.able = Answer.NOT_OFFERED;
        rig.run(AUTO, 10 * ENOUGH);

        assertThat(rig.roles()).isEqualTo("pppppd");
        assertThat(rig.cluster.touched()).isEmpty();
    }

    @Test
    void aWrongKeyIsSaidWithItsField() {
        rig.cluster.engines.able = Answer.UNAUTHORISED;
        rig.run(AUTO, ENOUGH);

        assertThat(rig.cluster.writes).noneMatch(w -> w.startsWith("unroute"));
        assertThat(rig.condition(SwitchText.SWITCHABLE).message())
                .startsWith("spec.workers.switch.secretRef (none): ");
    }

    @Test
    void aSafeRefusalGoesBackIntoItsOldRole() {
        rig.cluster.engines.answers = _ -> Answer.REFUSED_SAFE;
        rig.run(AUTO, ENOUGH);
        for (int i = 0; i < ENOUGH && rig.roles().contains("-"); i++) {
            rig.run(AUTO, 1);
        }

        assertThat(rig.cluster.engines.told).isNotEmpty();
        assertThat(rig.roles()).isEqualTo("pppppd");
        assertThat(rig.cluster.writes).noneMatch(w -> w.startsWith("delete"));
        assertThat(rig.condition(SwitchText.SWITCHABLE).reason()).isEqualTo("Refused");
    }

    @Test
    void anUnsafeRefusalCostsThePod() {
        rig.cluster.engines.answers = _ -> Answer.REFUSED_UNSAFE;
        rig.run(AUTO, ENOUGH);

        assertThat(rig.cluster.writes).anyMatch(w -> w.startsWith("delete workers-"));
    }

    @Test
    void inModeRecommendNothingIsWrittenAndTheCommandsAreThere() {
        rig.run("Recommend", ENOUGH);

        assertThat(rig.cluster.touched()).isEmpty();
        assertThat(rig.cluster.engines.told).isEmpty();
        var said = Objects.requireNonNull(rig.cluster.status().switches());
        assertThat(said.advice()).startsWith("switch workers-4 to decode");
        assertThat(said.commands())
                .startsWith("kubectl -n llm label pod workers-4 llm-d.ai/role-")
                .endsWith("kubectl -n llm label pod workers-4 llm-d.ai/role=decode --overwrite")
                .anyMatch(c -> c.contains("/pd_role_switch") && c.contains("\"decode\""));
    }

    @Test
    void aRestartInEveryPhaseGoesOnWithTheSameSwitch() {
        for (String phase : new String[] {"Asking", "Draining", "Switching", "Verifying"}) {
            var one = new WorkersRig().deployed(5, 1);
            one.cluster.running.replaceAll((_, _) -> 0);
            boolean met = false;
            var matcher = WorkersRig.matcher(AUTO);
            for (int i = 0; i < ENOUGH; i++) {
                one.run(matcher, 1);
                if (!met && one.open().stream().map(SwitchStatus::phase).anyMatch(phase::equals)) {
                    matcher = one.restarted(AUTO);
                    met = true;
                }
            }
            assertThat(one.roles()).as(phase).doesNotContain("-").contains("dd");
            assertThat(one.cluster.engines.told).as(phase).doesNotHaveDuplicates();
        }
    }

    @Test
    void theEndOfModeAutoPutsBackWhatIsNotToldYet() {
        rig.cluster.running.replaceAll((_, _) -> 1);
        rig.run(AUTO, ENOUGH / 4 * 3);
        assertThat(rig.roles()).contains("-");
        rig.run("Recommend", 5);

        assertThat(rig.roles()).isEqualTo("pppppd");
        assertThat(rig.cluster.engines.told).isEmpty();
    }

    @Test
    void oneThatSwitchesCountsWhereItGoes() {
        rig.cluster.running.replaceAll((_, _) -> 1);
        rig.run(AUTO, ENOUGH / 4 * 3);
        rig.now = rig.now.plusSeconds(0);
        rig.run(AUTO, 2);

        var seen = Objects.requireNonNull(rig.cluster.status().observed());
        assertThat(seen.gpus()).isEqualTo(WorkersRig.GPUS);
        assertThat(rig.cluster.marked())
                .allMatch(pod -> pod.getMetadata().getAnnotations().containsKey(Api.SWITCHING));
    }

    @Test
    void aLabelThatSomebodyElseChangesIsAnEvent() {
        rig.rate = 1;
        rig.run(AUTO, 10);
        rig.cluster.relabel("workers-0", "decode");
        rig.run(AUTO, 40);

        assertThat(rig.cluster.writes).contains("event Warning SwitchConflict");
        assertThat(rig.cluster.role("workers-0")).isEqualTo("prefill");
    }

    @Test
    void twoShapesInOneSetAreRefusedByName() {
        rig.cluster.gpus("workers-0", 8);
        rig.cluster.gpus("workers-1", 4);
        rig.run(AUTO, 1);

        var said = rig.condition("Ready");
        assertThat(said.reason()).isEqualTo("ShapesDiffer");
        assertThat(said.message())
                .startsWith("spec.workers.scaleTargetRef (Deployment/workers): workers-")
                .contains("8 GPUs", "has 4");
        assertThat(rig.cluster.touched()).isEmpty();
    }

    @Test
    void aPrometheusNeedsSelectorsThatTellTheRoles() {
        var matcher =
                Looks.matcher(
                        WorkersRig.yaml(AUTO)
                                .replace(
                                        "telemetry: {",
                                        "telemetry: {prometheus: {url: 'http://p:9090'}, "));
        var found =
                catchThrowableOfType(
                        RefusedException.class,
                        () ->
                                Sources.reader(
                                        rig.cluster,
                                        matcher,
                                        Resolver.checked(matcher.getSpec()),
                                        new SeenPools(),
                                        95,
                                        30));

        assertThat(found.refusal().message())
                .startsWith("spec.telemetry.prometheus.prefillSelector is missing");
    }

    @Test
    void aRoleLabelThatHoldsThePodsInTheirTargetIsRefused() {
        rig.cluster.deploy(
                "workers",
                Manifests.workers("workers", 1)
                        .replace("matchLabels: {app: workers}", "matchLabels: {app: workers}"),
                0);
        var matcher =
                Looks.matcher(WorkersRig.yaml(AUTO).replace("key: llm-d.ai/role", "key: app"));
        rig.run(matcher, 1);

        assertThat(rig.condition("Ready").message())
                .startsWith("spec.workers.roleLabel.key (app) must not be part of")
                .contains("app=workers");
    }
}
