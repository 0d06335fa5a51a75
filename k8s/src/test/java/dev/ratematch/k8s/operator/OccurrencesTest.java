package dev.ratematch.k8s.operator;

import static dev.ratematch.k8s.operator.SessionRig.matcher;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.fleet.TargetException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What is worth an event, and that it is said once.
class OccurrencesTest {

    private static final Pattern CLASS =
            Pattern.compile("\\b(java|io|dev)\\.[a-z]+\\.|[A-Za-z]Exception|\\$[A-Z]");

    private final SessionRig rig = new SessionRig();

    private List<String> events() {
        return rig.cluster.writes.stream().filter(line -> line.startsWith("event")).toList();
    }

    /// Everything that was said since the last time, with its text.
    private List<String> heard() {
        var said = List.copyOf(events());
        rig.cluster.writes.clear();
        return said;
    }

    @Test
    void aRefusalIsAWarningAndItsEndARecovery() {
        rig.run("Recommend");
        rig.run("Recommend");
        assertThat(heard()).containsExactly("event Warning TargetUnreadable");
        rig.deployed(3, 3).run("Recommend");
        assertThat(heard()).containsExactly("event Normal Recovered");
        assertThat(rig.cluster.told.getLast()).isEqualTo("Ready again; TargetUnreadable is over.");
    }

    @Test
    void whatModeAutoRefusesIsSaidToo() {
        var unbounded =
                Looks.matcher(
                        Manifests.matcher("Auto", SessionRig.GPUS)
                                .replace("  budget: {gpus: 6}\n", ""));
        rig.deployed(3, 3).run(unbounded);
        rig.run(unbounded);

        assertThat(heard()).containsOnlyOnce("event Warning BudgetMissing");
    }

    @Test
    void telemetryThatIsLostIsSaidOnceHoweverItsWordsChange() {
        rig.rate = 5;
        rig.deployed(3, 3).run("Auto");
        rig.run("Auto");
        rig.run("Auto");
        assertThat(heard()).isEmpty();
        rig.telemetry = Looks::blind;
        for (int i = 0; i < 4; i++) {
            rig.run("Auto");
        }
        assertThat(heard()).containsExactly("event Warning TelemetryUnknown");
        rig.telemetry = seen -> seen;
        rig.run("Auto");
        assertThat(heard()).containsExactly("event Normal Recovered");
    }

    @Test
    void aForeignHandIsSaidInOneSentenceOnce() {
        rig.deployed(5, 1).run("Auto");
        rig.cluster.autoscalers.put("decode", "by-cpu");
        rig.run("Auto");
        rig.run("Auto");
        assertThat(heard()).containsExactly("event Warning Conflict");
        assertThat(rig.cluster.told).doesNotHaveDuplicates();
        rig.cluster.autoscalers.clear();
        rig.rate = 5;
        rig.run("Auto");
        assertThat(heard()).contains("event Normal Recovered", "event Normal ConflictOver");
    }

    @Test
    void aPromiseThatNobodyCanKeepIsAWarning() {
        var hard = matcher("Recommend");
        hard.setSpec(
                Looks.matcher(
                                Manifests.matcher("Recommend", SessionRig.GPUS)
                                        .replace("interval: 1s", "interval: 30s")
                                        .replace("itl: 20ms", "itl: 1ms"))
                        .getSpec());
        rig.deployed(3, 3).run(hard);
        rig.run(hard);
        rig.run(hard);

        assertThat(heard()).containsOnlyOnce("event Warning ServiceTimeAboveSlo");
    }

    @Test
    void aMoveIsSaidFromItsBeginningToItsEnd() {
        rig.deployed(5, 1).run("Auto");
        rig.run("Auto");
        assertThat(heard()).containsExactly("event Normal Rebalance");
        var to = Objects.requireNonNull(rig.cluster.status().recommendation());
        int prefill = Objects.requireNonNull(to.prefillReplicasAtEnd());
        int decode = Objects.requireNonNull(to.decodeReplicasAtEnd());
        rig.cluster.shrink("prefill", prefill);
        rig.run("Auto");
        rig.cluster.deploy("decode", decode);
        for (int i = 0; i < 3 && rig.cluster.status().move() != null; i++) {
            rig.run("Auto");
        }

        assertThat(events()).last().isEqualTo("event Normal MoveCompleted");
        assertThat(rig.cluster.told.getLast()).startsWith("The move to ").contains("complete");
        assertThat(rig.cluster.told).doesNotHaveDuplicates();
    }

    @Test
    void aRetreatIsAWarning() {
        rig.deployed(5, 1).run("Auto");
        rig.run("Auto");
        rig.cluster.shrink("prefill", 2);
        heard();
        for (int i = 0; i < 60 && rig.cluster.status().move() != null; i++) {
            rig.run("Auto");
        }

        assertThat(events()).contains("event Warning Compensating").hasSizeLessThan(8);
        assertThat(events()).anyMatch(line -> line.endsWith("MoveTakenBack"));
    }

    @Test
    void adviceIsSaidAgainOnlyWhereItIsAnother() {
        rig.deployed(5, 1).run("Recommend");
        for (int i = 0; i < 4; i++) {
            rig.rate += 0.1;
            rig.run("Recommend");
        }

        assertThat(heard()).containsExactly("event Normal Rebalance");
        assertThat(rig.cluster.told.getFirst()).startsWith("Recommended: ");
    }

    @Test
    void anotherProcessDoesNotSayItAgain() {
        rig.deployed(5, 1).run("Auto");
        rig.cluster.autoscalers.put("decode", "by-cpu");
        rig.run("Auto");
        heard();
        var next = rig.restarted("Auto");
        rig.run(next);

        assertThat(heard()).isEmpty();
    }

    @Test
    void aStuckPodIsSaidAndItsEndToo() {
        rig.rate = 5;
        rig.deployed(3, 3).run("Auto");
        rig.run("Auto");
        heard();
        rig.cluster.report(
                "decode-0",
                """
                conditions: [{type: Ready, status: "False"}]
                containerStatuses:
                - {name: engine, image: "vllm:none", state: {waiting: {reason: ImagePullBackOff}}}
                """);
        rig.run("Auto");
        rig.run("Auto");
        assertThat(heard()).containsExactly("event Warning ImageNotPulled");
        assertThat(rig.cluster.told.getLast())
                .isEqualTo("Decode pod decode-0 on node a: image vllm:none cannot be pulled.");
        rig.cluster.report("decode-0", "conditions: [{type: Ready, status: 'True'}]");
        rig.run("Auto");
        assertThat(heard()).containsExactly("event Normal PodsHealthy");
    }

    @Test
    void noTextThatPeopleReadNamesAClass() {
        rig.cluster.failDrain(new NullPointerException("because \"this.x.Foo.bar()\" is null"));
        rig.deployed(5, 1).run("Auto");
        rig.run("Auto");
        rig.cluster.failDrain(new TargetException("java.net.ConnectException: Connection refused"));
        rig.run("Auto");
        rig.telemetry =
                _ -> {
                    throw new IllegalStateException("io.netty.channel.StacklessException: x");
                };
        rig.run("Auto");
        rig.run("Auto");
        rig.cluster.failRecall(new TargetException("io.fabric8.kubernetes.client.X: y"));
        rig.run("Recommend");

        assertThat(rig.cluster.told).hasSizeGreaterThan(3).noneMatch(CLASS.asPredicate());
        assertThat(String.join("\n", rig.cluster.told)).contains("connect: Connection refused");
        assertThat(rig.cluster.statuses)
                .hasSizeGreaterThan(3)
                .allSatisfy(
                        status -> {
                            assertThat(Objects.requireNonNull(status.conditions()))
                                    .noneMatch(c -> CLASS.matcher(c.message()).find());
                            assertThat(String.valueOf(status.recommendation()))
                                    .doesNotContainPattern(CLASS);
                        });
    }
}
