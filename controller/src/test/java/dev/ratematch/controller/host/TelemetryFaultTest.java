package dev.ratematch.controller.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.FaultyStage.Fault;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.controller.telemetry.resilience.Limits;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.costmodel.transfer.KvLink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The whole way from pods to commands, over HTTP. A fleet that is short of prefill would be moved
/// in the second window; whatever goes wrong then, it is left alone for a reason that says what,
/// and the next good look goes on from the window before.
class TelemetryFaultTest {

    private static final double CYCLE = 30;
    private static final double SCRAPE = 10;
    private static final int LARGEST_ANSWER = 1_000_000;
    private static final PoolSpec POOL = new PoolSpec(1, 1, 7, 30, 10, 8192, 256, 1_000_000);
    private static final ServiceSpec SPEC =
            new ServiceSpec(
                    new Slo(2, 0.05, 90),
                    8,
                    POOL,
                    POOL,
                    new KvLink(50e9, KvLink.Mode.PULL, 0),
                    100_000,
                    80,
                    Tuning.DEFAULT);
    private static final Laws LAWS =
            new Laws(
                    (tokens, squares) -> 0.005 + tokens * 5e-5,
                    (sequences, resident) -> 0.005 + sequences * 1e-4);

    /// Patient enough for a busy machine; only what must be late is waited for.
    private static final Limits LIMITS =
            new Limits(
                    Duration.ofSeconds(3),
                    1,
                    Duration.ofMillis(1),
                    100,
                    100,
                    1000,
                    Duration.ofSeconds(1));

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Pools fleet = new Pools();

    @SuppressWarnings("NullAway.Init")
    private FaultyStage stage;

    private int requests;

    /// A fleet that remembers what it was told and obeys at once.
    private static final class Pools implements Fleet {
        final Map<Role, Integer> sizes = new EnumMap<>(Map.of(Role.PREFILL, 1, Role.DECODE, 6));
        final List<String> commands = new ArrayList<>();

        @Override
        public FleetCounts counts(Role role) {
            return FleetCounts.steady(sizes.getOrDefault(role, 0));
        }

        @Override
        public void scale(Role role, int replicas) {
            commands.add(role.label() + " " + replicas);
            sizes.put(role, replicas);
        }
    }

    @BeforeEach
    void open() throws Exception {
        stage = new FaultyStage(vertx);
    }

    @AfterEach
    void stop() throws Exception {
        stage.kill();
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /// How the fleet is seen.
    enum Way {
        PODS,
        PROMETHEUS
    }

    private Telemetry telemetry(Way way) {
        if (way == Way.PODS) {
            var scraper = new Scraper(vertx, "pods", LIMITS, LARGEST_ANSWER, registry);
            var targets =
                    List.of(
                            new Target(Source.PREFILL, "p", stage.url() + "/p"),
                            new Target(Source.DECODE, "d", stage.url() + "/d"),
                            new Target(Source.FRONTEND, "f", stage.url() + "/f"));
            return new EngineTelemetry(scraper, () -> targets, fleet, 90, CYCLE);
        }
        var settings =
                PrometheusSettings.of(stage.url()).limits(LIMITS).bodyBytesMax(LARGEST_ANSWER);
        return new PrometheusTelemetry(
                new PrometheusClient(vertx, "prometheus", settings, registry),
                new Selectors("role=\"p\"", "role=\"d\"", "role=\"f\""),
                fleet,
                90,
                CYCLE);
    }

    private static String engine(String tokens, String ofRequest) {
        return """
        vllm:request_prompt_tokens_sum %s
        vllm:request_prompt_tokens_count %s
        vllm:request_generation_tokens_sum %s
        vllm:request_generation_tokens_count %s
        vllm:num_requests_running 2
        vllm:num_requests_waiting 0
        """
                .formatted(tokens, ofRequest, ofRequest, ofRequest);
    }

    /// Traffic goes on and is scraped, up to that moment on the stage's clock.
    private void play(double until) {
        for (double at = until - CYCLE + SCRAPE; at <= until; at += SCRAPE) {
            requests += 170;
            String all = Integer.toString(requests);
            String tokens = Long.toString(3000L * requests);
            stage.pages.put("p", engine(tokens, all));
            stage.pages.put("d", engine(tokens, all));
            stage.pages.put("f", "dynamo_frontend_requests_started_total %d\n".formatted(requests));
            stage.scrape(FaultyStage.EPOCH + at);
        }
        stage.clock(FaultyStage.EPOCH + until + 0.5);
    }

    /// What goes wrong.
    ///
    /// @param said what the reason must tell
    record Case(String name, Way way, Upset upset, String said) {
        @Override
        public String toString() {
            return name + ", " + way;
        }
    }

    /// Makes it go wrong.
    interface Upset {
        void in(TelemetryFaultTest test) throws Exception;
    }

    private static Upset fault(Fault fault) {
        return test -> test.stage.fault = fault;
    }

    /// The same traffic with another page of prefill, at every scrape of the cycle.
    private static Upset prefill(String tokens, String from, String to) {
        return test -> {
            String page = engine(tokens, Integer.toString(test.requests)).replace(from, to);
            test.stage.pages.put("p", page);
            test.stage.scrape(FaultyStage.EPOCH + 2 * CYCLE + 0.2);
        };
    }

    private static Upset clock(double seconds) {
        return test -> {
            test.stage.setClock(seconds);
            test.stage.clock(FaultyStage.EPOCH + 2 * CYCLE);
        };
    }

    static Stream<Case> cases() {
        var all = new ArrayList<Case>();
        for (var way : Way.values()) {
            boolean pods = way == Way.PODS;
            String longer = "longer than 1000000 bytes";
            all.add(
                    new Case(
                            "killed",
                            way,
                            test -> test.stage.kill(),
                            pods ? "cannot be scraped" : "cannot be reached"));
            all.add(new Case("slow", way, fault(Fault.SILENT), "did not answer within 3000 ms"));
            all.add(new Case("HTML", way, fault(Fault.HTML), "looks like HTML"));
            all.add(
                    new Case(
                            "401",
                            way,
                            fault(Fault.UNAUTHORIZED),
                            pods ? "HTTP 401" : "requires credentials: a bearer token"));
            all.add(new Case("a gigabyte", way, fault(Fault.ENDLESS), longer));
            all.add(
                    new Case(
                            "empty",
                            way,
                            fault(Fault.EMPTY),
                            pods ? "it is empty" : "no series with {role=\"p\"}"));
            all.add(
                    new Case(
                            "one role only",
                            way,
                            fault(Fault.WITHOUT_PREFILL),
                            pods ? "prefill pod p" : "no series with {role=\"p\"}"));
            all.add(
                    new Case(
                            "renamed",
                            way,
                            prefill("9", "request_prompt_tokens", "prompt_lengths"),
                            "vllm:request_prompt_tokens"));
            all.add(new Case("NaN", way, prefill("NaN", "", ""), "is no number"));
        }
        all.add(new Case("clock ahead", Way.PROMETHEUS, clock(3600), "went ahead by 3600 s"));
        all.add(new Case("clock back", Way.PROMETHEUS, clock(-3600), "went back by"));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void holdsForItsReasonAndGoesOnFromTheLastGoodState(Case it) throws Exception {
        var journal = new ArrayList<JournalEntry>();
        var loop = new ControlLoop(SPEC, LAWS, State.INITIAL, fleet, journal::add);
        var telemetry = telemetry(it.way);
        // Prometheus has seen a window before we look, from the pods it takes two looks.
        play(0);
        if (it.way == Way.PODS) {
            loop.cycle(telemetry, 0, Orders.CONTROL);
        }
        play(CYCLE);
        var first = loop.cycle(telemetry, CYCLE, Orders.CONTROL);
        assertThat(first.decision().reason())
                .as(first.explanation().text())
                .isEqualTo(Reason.WARMING_UP);
        var good = loop.state();

        play(2 * CYCLE);
        it.upset.in(this);
        var bad = loop.cycle(telemetry, 2 * CYCLE, Orders.CONTROL);

        assertThat(bad.decision()).isInstanceOf(Decision.Hold.class);
        assertThat(bad.decision().reason()).isEqualTo(Reason.TELEMETRY_UNKNOWN);
        assertThat(bad.decision().counts()).isEqualTo(new Counts(1, 6));
        assertThat(bad.explanation().text()).contains(it.said);
        assertThat(fleet.commands).isEmpty();
        assertThat(loop.state().windows()).isEqualTo(good.windows()).hasSize(1);
        assertThat(loop.state().calibration()).isEqualTo(good.calibration());
        assertThat(stage.flooded.get()).isLessThan(40L * LARGEST_ANSWER);

        stage.fault = Fault.NONE;
        stage.restart();
        play(3 * CYCLE);
        var after = loop.cycle(telemetry, 3 * CYCLE, Orders.CONTROL);
        if (it.name.equals("NaN")) { // from which nothing can be counted either
            assertThat(after.decision()).isInstanceOf(Decision.Hold.class);
            play(4 * CYCLE);
            after = loop.cycle(telemetry, 4 * CYCLE, Orders.CONTROL);
        }

        assertThat(loop.state().windows()).hasSize(2).startsWith(good.windows().getFirst());
        assertThat(after.decision()).isInstanceOf(Decision.Resize.class);
        assertThat(fleet.commands).isNotEmpty();
        assertThat(journal).hasSizeGreaterThan(2);
    }

    /// Nothing to hold for: the engine began again, and counts from zero.
    @ParameterizedTest
    @EnumSource(Way.class)
    void aCounterThatBeginsAgainCountsFromZero(Way way) {
        var telemetry = telemetry(way);
        play(0);
        telemetry.observe(0);
        play(CYCLE);
        assertThat(telemetry.observe(CYCLE).traffic().arrived().orElse(-1)).isEqualTo(510);
        requests = 0;
        play(2 * CYCLE);

        var seen = telemetry.observe(2 * CYCLE).traffic();

        assertThat(seen.arrived().orElse(-1)).isBetween(500.0, 510.0);
        assertThat(seen.inputTokensMean().orElse(-1)).isEqualTo(3000);
    }
}
