package dev.ratematch.controller.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.Identity.State;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Scraped.Engine;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What is one pod, one replica and one cluster, in the ways in which stores show it.
class IdentityTest {

    private static final Engine BUSY = new Engine(5, -7200);
    private static final Engine OTHER = new Engine(1, -30_000);

    private final PodLedger ledger = new PodLedger(Source.DECODE, Catalogue.shipped());

    private static Set<String> replicas(List<PodScrape> pods) {
        var replicas = new TreeSet<String>();
        pods.forEach(pod -> replicas.add(pod.replica()));
        return replicas;
    }

    private List<State> states() {
        return ledger.identity().members().stream().map(Identity.Member::state).toList();
    }

    private static Arguments twice(String how, Scraped scraped) {
        return Arguments.of(how, scraped);
    }

    static Stream<Arguments> onePodSeenTwice() {
        return Stream.of(
                twice(
                        "two monitors, the second by the port's name",
                        new Scraped()
                                .target(BUSY, 1, "pod", "d", "instance", "d:8000", "job", "auto")
                                .target(BUSY, 7, "pod", "d", "instance", "d:http", "job", "mine")),
                twice(
                        "two monitors by address and by name of the host",
                        new Scraped()
                                .target(BUSY, 1, "pod", "d", "instance", "10.0.0.1:8000")
                                .target(BUSY, 7, "pod", "d", "instance", "node-3:8000")),
                twice(
                        "a pair of scrapers",
                        new Scraped()
                                .target(BUSY, 1, "pod", "d", "instance", "d:1", "ha", "prom-0")
                                .target(BUSY, 9, "pod", "d", "instance", "d:1", "ha", "prom-1")),
                twice(
                        "a pair of scrapers at one time",
                        new Scraped()
                                .target(BUSY, 1, "pod", "d", "instance", "d:1", "__replica__", "a")
                                .target(
                                        BUSY,
                                        1,
                                        "pod",
                                        "d",
                                        "instance",
                                        "d:1",
                                        "__replica__",
                                        "b")),
                twice(
                        "a target a container",
                        new Scraped()
                                .target(BUSY, 1, "pod", "d", "instance", "d:1", "container", "vllm")
                                .target(
                                        BUSY,
                                        8,
                                        "pod",
                                        "d",
                                        "instance",
                                        "d:1",
                                        "container",
                                        "proxy")),
                twice(
                        "a proxy's port beside the engine's, in another container",
                        new Scraped()
                                .target(BUSY, 1, "pod", "d", "instance", "d:1", "container", "vllm")
                                .target(
                                        BUSY,
                                        8,
                                        "pod",
                                        "d",
                                        "instance",
                                        "d:2",
                                        "container",
                                        "proxy")));
    }

    /// By a server that hands on what others scraped, and under fewer labels.
    static Stream<Arguments> onePodSeenElsewhere() {
        return Stream.of(
                twice(
                        "federated beside scraped",
                        new Scraped()
                                .target(BUSY, 1, "pod", "d", "namespace", "llm", "instance", "d:1")
                                .target(
                                        BUSY,
                                        9,
                                        false,
                                        "pod",
                                        "prometheus-0",
                                        "namespace",
                                        "monitoring",
                                        "instance",
                                        "prometheus:9090",
                                        "exported_pod",
                                        "d",
                                        "exported_namespace",
                                        "llm",
                                        "exported_instance",
                                        "d:1")),
                twice(
                        "one of them without the pod's name",
                        new Scraped()
                                .target(BUSY, 1, "pod", "d", "instance", "10.0.0.1:8000")
                                .target(BUSY, 9, "instance", "10.0.0.1:8000", "job", "static")),
                twice(
                        "two stores, without up",
                        new Scraped()
                                .target(BUSY, 1, false, "pod", "d", "instance", "d:1", "store", "a")
                                .target(
                                        BUSY,
                                        9,
                                        false,
                                        "pod",
                                        "d",
                                        "instance",
                                        "d:1",
                                        "store",
                                        "b")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"onePodSeenTwice", "onePodSeenElsewhere"})
    void whatCountsAlikeIsOnePod(String how, Scraped scraped) {
        var pods = scraped.latest(ledger);

        assertThat(pods).as(how).hasSize(1);
        assertThat(states()).containsExactlyInAnyOrder(State.READ, State.DOUBLED);
        assertThat(ledger.identity().faults()).isEmpty();
        assertThat(ledger.identity().notes())
                .singleElement()
                .asString()
                .contains("2 targets are 1 pod");
    }

    static Stream<Arguments> clusters() {
        return Stream.of(
                Arguments.of("cluster", "10.0.0.1:8000"),
                Arguments.of("k8s_cluster", "10.0.0.2:8000"),
                Arguments.of("prometheus", "10.0.0.1:8000"),
                Arguments.of("region", "10.9.0.1:8000"),
                Arguments.of("dc", "d:8000"),
                Arguments.of("env", "10.0.0.1:8000"));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void podsOfOneNameThatCountApartAreOfTwoClusters(String label, String otherInstance) {
        var pods =
                new Scraped()
                        .target(BUSY, 1, "pod", "d", "instance", "10.0.0.1:8000", label, "a")
                        .target(OTHER, 6, "pod", "d", "instance", otherInstance, label, "b")
                        .latest(ledger);

        assertThat(pods).hasSize(2);
        assertThat(ledger.identity().faults())
                .singleElement()
                .satisfies(
                        fault -> {
                            assertThat(fault.what()).contains("count apart").contains("d is there");
                            assertThat(fault.fix())
                                    .contains(label + "=\"a\" or " + label + "=\"b\"");
                        });
    }

    @Test
    void clustersAreNamedByTheirLabelWhateverElseDiffers() {
        new Scraped()
                .target(BUSY, 1, "pod", "d", "instance", "x:1", "job", "j", "cluster_name", "a")
                .target(OTHER, 1, "pod", "d", "instance", "x:1", "job", "k", "cluster_name", "b")
                .latest(ledger);

        assertThat(ledger.identity().faults().getFirst().fix()).contains("cluster_name=\"a\"");
    }

    @Test
    void podsOfOneNameInTwoNamespacesAreTwo() {
        var pods =
                new Scraped()
                        .target(BUSY, 1, "namespace", "a", "pod", "d", "instance", "x:1")
                        .target(BUSY, 2, "namespace", "b", "pod", "d", "instance", "y:1")
                        .latest(ledger);

        assertThat(replicas(pods)).containsExactly("a/d", "b/d");
        assertThat(ledger.identity().faults()).isEmpty();
    }

    static Stream<Arguments> ranks() {
        return Stream.of(
                Arguments.of("alike", BUSY, new String[] {}, new String[] {}),
                Arguments.of("apart", OTHER, new String[] {}, new String[] {}),
                Arguments.of(
                        "a job a rank",
                        BUSY,
                        new String[] {"job", "vllm-rank-0"},
                        new String[] {"job", "vllm-rank-1"}),
                Arguments.of(
                        "a port's name a rank",
                        BUSY,
                        new String[] {"endpoint", "a"},
                        new String[] {"endpoint", "b"}),
                Arguments.of(
                        "a label of its own",
                        OTHER,
                        new String[] {"dp_rank", "0"},
                        new String[] {"dp_rank", "1"}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ranks")
    void portsOfOnePodAreRanksOfOneReplica(
            String how, Engine second, String[] labels, String[] others) {
        var pods =
                new Scraped()
                        .target(BUSY, 1, with(labels, "pod", "d", "instance", "10.0.0.1:8000"))
                        .target(second, 3, with(others, "pod", "d", "instance", "10.0.0.1:8001"))
                        .latest(ledger);

        assertThat(pods).as(how).hasSize(2);
        assertThat(replicas(pods)).containsExactly("d");
        assertThat(ledger.identity().faults()).isEmpty();
    }

    private static String[] with(String[] labels, String... more) {
        return Stream.concat(Stream.of(labels), Stream.of(more)).toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("podLabels")
    void thePodsLabelHasOtherSpellings(String label) {
        var pods =
                new Scraped()
                        .target(BUSY, 1, label, "d-0", "instance", "10.0.0.1:8000")
                        .target(OTHER, 3, label, "d-0", "instance", "10.0.0.1:8001")
                        .target(OTHER, 3, label, "d-1", "instance", "10.0.0.2:8000")
                        .latest(ledger);

        assertThat(replicas(pods)).containsExactly("d-0", "d-1");
    }

    static Stream<String> podLabels() {
        return Stream.of(
                "pod",
                "pod_name",
                "kubernetes_pod_name",
                "k8s_pod_name",
                "exported_pod",
                "hostname");
    }

    @Test
    void withoutAPodsNameTheAddressIsIt() {
        var pods =
                new Scraped()
                        .target(BUSY, 1, "instance", "10.0.0.1:8000")
                        .target(OTHER, 3, "instance", "10.0.0.2:8000")
                        .latest(ledger);

        assertThat(replicas(pods)).containsExactly("10.0.0.1:8000", "10.0.0.2:8000");
    }

    static Stream<Arguments> groups() {
        String lws = "leaderworkerset_sigs_k8s_io_";
        String grove = "grove_io_podcliquescalinggroup";
        return Stream.of(
                Arguments.of(lws + "name", lws + "group_index"),
                Arguments.of("label_" + lws + "name", "label_" + lws + "group_index"),
                Arguments.of("pod_label_" + lws + "name", "pod_label_" + lws + "group_index"),
                Arguments.of(grove, grove + "_replica_index"),
                Arguments.of("ray_io_group", "ray_io_worker_group_replica_index"),
                Arguments.of("jobset_sigs_k8s_io_jobset_name", "jobset_sigs_k8s_io_job_index"));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void thePodsOfAGroupAreOneReplica(String name, String index) {
        var scraped = new Scraped();
        for (int group = 0; group < 2; group++) {
            for (int worker = 0; worker < 2; worker++) {
                scraped.target(
                        new Engine(1 + worker, -500 * (1 + group)),
                        worker + 2 * group,
                        "pod",
                        "d-%d-%d".formatted(group, worker),
                        "instance",
                        "10.0.%d.%d:8000".formatted(group, worker),
                        name,
                        "d",
                        index,
                        String.valueOf(group));
            }
        }
        var pods = scraped.latest(ledger);

        assertThat(pods).hasSize(4);
        assertThat(replicas(pods)).containsExactly("d/0", "d/1");
        assertThat(ledger.identity().notes())
                .anySatisfy(note -> assertThat(note).contains("4 pods are 2 replicas"));
    }

    @Test
    void aRayClusterWithItsHeadIsOneReplicaAndPodsThatShareOneAreNot() {
        String[] head = {"pod", "h", "instance", "h:1", "ray_io_cluster", "c"};
        var one =
                new Scraped()
                        .target(BUSY, 1, with(head, "ray_io_node_type", "head"))
                        .target(OTHER, 1, "pod", "w", "instance", "w:1", "ray_io_cluster", "c")
                        .latest(ledger);
        var two =
                new Scraped()
                        .target(BUSY, 1, head)
                        .target(OTHER, 1, "pod", "w", "instance", "w:1", "ray_io_cluster", "c")
                        .latest(new PodLedger(Source.DECODE, Catalogue.shipped()));

        assertThat(replicas(one)).containsExactly("c");
        assertThat(replicas(two)).containsExactly("h", "w");
    }

    @Test
    void workersOfALeaderAreToldByTheirNamesWhereNoLabelIsStored() {
        var pods =
                new Scraped()
                        .target(BUSY, 1, "pod", "d-0", "instance", "a:1")
                        .target(OTHER, 1, "pod", "d-0-1", "instance", "b:1")
                        .target(BUSY, 2, "pod", "d-1", "instance", "c:1")
                        .latest(ledger);

        assertThat(replicas(pods)).containsExactly("d-0", "d-1");
    }

    @Test
    void whatHasNeverAnsweredBesideOthersIsNoReplica() {
        var pods =
                new Scraped()
                        .target(BUSY, 1, "pod", "d-0", "instance", "a:1")
                        .mute(3600, "pod", "w-0", "instance", "b:1")
                        .latest(ledger);

        assertThat(replicas(pods)).containsExactly("d-0");
        assertThat(states()).containsExactlyInAnyOrder(State.READ, State.HEADLESS);
        assertThat(ledger.identity().notes())
                .singleElement()
                .asString()
                .contains("never answered")
                .contains("w-0");
    }

    @Test
    void aNewPodIsStartingAndOneThatAnsweredBeforeHasFailed() {
        var scraped =
                new Scraped()
                        .target(BUSY, 1, "pod", "d-0", "instance", "a:1")
                        .mute(300, "pod", "d-1", "instance", "b:1")
                        .target(BUSY, -1500, "pod", "d-2", "instance", "c:1");
        var pods = scraped.mute(60, "pod", "d-2", "instance", "c:1").latest(ledger);

        assertThat(replicas(pods)).containsExactly("d-0", "d-1", "d-2");
        assertThat(pods.get(1).error()).contains("up is 0");
    }

    @Test
    void whereNobodyAnswersAllOfThemFail() {
        assertThat(replicas(new Scraped().mute(3600, "pod", "d", "instance", "a:1").latest(ledger)))
                .containsExactly("d");
    }
}
