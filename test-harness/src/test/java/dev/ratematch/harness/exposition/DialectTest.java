package dev.ratematch.harness.exposition;

import static dev.ratematch.harness.plant.Plants.SECOND;
import static dev.ratematch.harness.plant.Plants.exact;
import static dev.ratematch.harness.plant.Plants.llama;
import static dev.ratematch.harness.plant.Plants.poisson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.harness.exposition.Dialect.Engine;
import dev.ratematch.harness.exposition.Dialect.Frontend;
import dev.ratematch.harness.judge.InProcess;
import dev.ratematch.harness.traffic.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What the cluster exposes in each dialect is read as what happened in it.
class DialectTest {

    private static final int FROM = 30;
    private static final int TO = 60;

    private final Trace trace = poisson(6, 90, 2500, 150, 11);

    static Stream<Dialect> dialects() {
        return Stream.concat(
                Stream.of(Dialect.DEFAULT), Stream.of(Engine.values()).map(Dialect::of));
    }

    private ExposedCluster exposed(Dialect dialect) {
        var exposed = new ExposedCluster(exact(llama(16)), trace, dialect);
        var cluster = exposed.cluster();
        cluster.scale(Role.PREFILL, 2);
        cluster.scale(Role.DECODE, 1); // one, so that the choice of it is equal in all dialects
        return exposed;
    }

    private static Snapshot seen(ExposedCluster exposed, Map<String, Detection> spoken) {
        var host = new InProcess(exposed);
        var cluster = exposed.cluster();
        var telemetry = new EngineTelemetry(host, host::targets, host, 90, TO - FROM);
        cluster.runUntil(FROM * SECOND);
        telemetry.observe(FROM);
        cluster.runUntil(TO * SECOND);
        var snapshot = telemetry.observe(TO);
        spoken.putAll(telemetry.detected());
        return snapshot;
    }

    private static boolean inWindow(long nanos) {
        return nanos > FROM * SECOND && nanos <= TO * SECOND;
    }

    private double mean(IntPredicate of, IntToDoubleFunction what) {
        return IntStream.range(0, trace.requests().size())
                .filter(of)
                .mapToDouble(what)
                .average()
                .orElseThrow();
    }

    private static void close(Reading reading, double wanted, double relative) {
        assertThat(reading).isInstanceOf(Reading.Value.class);
        assertThat(reading.orElse(Double.NaN)).isCloseTo(wanted, within(relative * wanted));
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void everyDialectIsReadAsWhatHappened(Dialect dialect) {
        var exposed = exposed(dialect);
        var cluster = exposed.cluster();
        var spoken = new TreeMap<String, Detection>();
        var snapshot = seen(exposed, spoken);

        var traffic = snapshot.traffic();
        var log = cluster.log();
        IntPredicate ended = i -> inWindow(log.endNanos(i));
        IntPredicate begun = i -> inWindow(log.firstTokenNanos(i));
        var requests = trace.requests();
        assertThat(snapshot.warnings()).isEmpty();
        assertThat(spoken.keySet()).contains("prefill-0", "prefill-1", "decode-2");
        assertThat(traffic.arrived())
                .isEqualTo(
                        Reading.of(
                                (int)
                                        requests.stream()
                                                .filter(r -> inWindow(r.arrivalNanos()))
                                                .count()));
        assertThat(traffic.arrivedIsLowerBound()).isEqualTo(dialect.frontend() == Frontend.NONE);
        assertThat(traffic.completed())
                .isEqualTo(
                        Reading.of(
                                (int) IntStream.range(0, requests.size()).filter(ended).count()));
        close(traffic.outputTokensMean(), mean(ended, i -> requests.get(i).outputTokens()), 1e-9);
        // Prompts are counted when prefill ends, a little before the first token.
        close(traffic.inputTokensMean(), mean(begun, i -> requests.get(i).inputTokens()), 0.02);
        close(
                traffic.ttftMeanSeconds(),
                mean(begun, i -> (log.firstTokenNanos(i) - requests.get(i).arrivalNanos()) / 1e9),
                dialect.engine() == Engine.VLLM ? 0.02 : 1e-9);
        close(
                traffic.itlMeanSeconds(),
                mean(
                        i -> ended.test(i) && requests.get(i).outputTokens() > 1,
                        i ->
                                (log.endNanos(i) - log.firstTokenNanos(i))
                                        / 1e9
                                        / (requests.get(i).outputTokens() - 1)),
                0.05);
        assertThat(traffic.kvHitRate().orElse(0)).isZero();
        assertThat(traffic.localPrefillShare().orElse(0)).isZero();
        var load = cluster.load(Role.DECODE);
        assertThat(snapshot.decode().runningRequests()).isEqualTo(Reading.of(load.running()));
        close(snapshot.decode().kvUsed(), load.kvUsed(), 1e-9);
        assertThat(snapshot.prefill().queuedRequests())
                .isEqualTo(Reading.of(cluster.load(Role.PREFILL).waiting()));
    }

    /// One cluster, told in five ways.
    @Test
    void whatSeveralDialectsTellIsEqual() {
        var vllm = seen(exposed(Dialect.DEFAULT), new TreeMap<>()).traffic();
        for (var engine : Engine.values()) {
            var told = seen(exposed(Dialect.of(engine)), new TreeMap<>()).traffic();

            close(told.inputTokensMean(), vllm.inputTokensMean().orElse(-1), 1e-9);
            close(told.uncachedInputTokensMean(), vllm.inputTokensMean().orElse(-1), 1e-9);
            close(told.prefillSecondsMean(), vllm.prefillSecondsMean().orElse(-1), 1e-9);
            if (engine == Engine.TRTLLM) { // does not expose it
                assertThat(told.kvTransferSecondsMean()).isInstanceOf(Reading.Unknown.class);
            } else {
                close(told.kvTransferSecondsMean(), vllm.kvTransferSecondsMean().orElse(-1), 1e-9);
            }
        }
    }

    /// SGLang's decode engines hold a request from its arrival on.
    @Test
    void sglangCountsARequestOnDecodeWhileItIsPrefilled() {
        var exposed = exposed(Dialect.of(Engine.SGLANG));
        var cluster = exposed.cluster();
        cluster.runUntil(FROM * SECOND);

        int inPrefill = cluster.load(Role.PREFILL).waiting() + cluster.load(Role.PREFILL).running();
        String decode = String.valueOf(exposed.scrape("decode-2"));

        assertThat(inPrefill).isPositive();
        assertThat(decode)
                .containsPattern(
                        "num_decode_transfer_queue_reqs\\{[^}]*} "
                                + (inPrefill + cluster.load(Role.DECODE).waitingForKv())
                                + "\n");
    }

    /// Of whole requests a frontend counts what its page shows, each once.
    @Test
    void theEndpointPickerObservesEveryRequestThatEnds() {
        var exposed = exposed(Dialect.of(Engine.TRTLLM));
        exposed.cluster().runUntil(FROM * SECOND);
        int ended = exposed.cluster().log().completed();
        String page = exposed.scrapeFrontend();

        for (String of : List.of("duration_seconds", "streaming_tpot_seconds", "output_tokens")) {
            assertThat(page)
                    .containsPattern("llm_d_epp_request_" + of + "_count\\{[^}]*} " + ended + "\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void everyRequestIsDoneThoughReplicasDie(Engine engine) {
        var cluster = exposed(Dialect.of(engine)).cluster();
        cluster.scale(Role.DECODE, 2);
        cluster.runUntil(FROM * SECOND);
        cluster.loseHost(0);
        cluster.runUntil(600 * SECOND);

        assertThat(cluster.inside()).isZero();
        assertThat(cluster.log().completed()).isPositive();
    }

    // What the sample scrapes say, where they are present.

    private static final Pattern SERIES = Pattern.compile("^([a-zA-Z_:0-9]+)\\{(.*)} \\S+$");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

    /// Name, and per name the label sets seen and the bounds.
    private record Shape(String type, Collection<String> labels, Collection<Double> bounds) {
        static Shape of(String type) {
            return new Shape(type, new TreeSet<>(), new TreeSet<>());
        }
    }

    private static Map<String, Shape> shapes(String page) {
        var shapes = new LinkedHashMap<String, Shape>();
        for (String line : page.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", -1);
                shapes.put(words[2], Shape.of(words[3]));
                continue;
            }
            var series = SERIES.matcher(line);
            if (!series.matches()) {
                continue;
            }
            String family = series.group(1).replaceAll("_(bucket|sum|count)$", "");
            var shape = shapes.getOrDefault(family, shapes.get(series.group(1)));
            if (shape == null) {
                continue;
            }
            var names = new TreeSet<String>();
            var label = LABEL.matcher(series.group(2));
            while (label.find()) {
                if (label.group(1).equals("le")) {
                    if (!label.group(2).equals("+Inf")) {
                        shape.bounds().add(Double.valueOf(label.group(2)));
                    }
                } else if (!label.group(1).equals("dp_rank")) {
                    names.add(label.group(1));
                }
            }
            shape.labels().add(names.toString());
        }
        return shapes;
    }

    private static Optional<Path> samples() {
        String root = System.getProperty("ratematch.root", ".");
        var folder = Path.of(root).toAbsolutePath().resolveSibling("shared").resolve("scrapes");
        if (Files.isDirectory(folder)) {
            return Optional.of(folder);
        }
        System.out.println("Shared scrapes are absent; only our own reading is the measure.");
        return Optional.empty();
    }

    private static void lookAlike(String sample, String page) throws IOException {
        var folder = samples();
        if (folder.isEmpty()) {
            return;
        }
        var wanted = shapes(Files.readString(folder.get().resolve(sample + ".prom")));
        var ours = shapes(page);
        assertThat(ours).as(sample).isNotEmpty();
        for (var family : ours.entrySet()) {
            String what = sample + " " + family.getKey();
            assertThat(wanted).as(sample).containsKey(family.getKey());
            var like = wanted.getOrDefault(family.getKey(), Shape.of(""));
            assertThat(family.getValue().type()).as(what).isEqualTo(like.type());
            if (!family.getKey().endsWith("_info")) { // two dozen labels there, two are read
                assertThat(like.labels()).as(what).containsAll(family.getValue().labels());
            }
            if (!family.getKey().startsWith("vllm:request_") || !family.getKey().endsWith("kens")) {
                assertThat(family.getValue().bounds().stream().map(DialectTest::rounded))
                        .as(what)
                        .containsExactlyElementsOf(
                                like.bounds().stream().map(DialectTest::rounded).toList());
            }
        }
    }

    /// Computed bounds may differ in the last digit.
    private static String rounded(double bound) {
        return String.format(Locale.ROOT, "%.12g", bound);
    }

    @Test
    void namesTypesLabelsAndBoundsAreThoseOfTheSamples() throws IOException {
        for (var each :
                Map.of(
                                Engine.VLLM, "vllm",
                                Engine.SGLANG, "sglang",
                                Engine.TRTLLM, "trtllm",
                                Engine.DYNAMO, "dynamo")
                        .entrySet()) {
            var exposed = exposed(Dialect.of(each.getKey()));
            exposed.cluster().runUntil(FROM * SECOND);
            lookAlike(each.getValue() + "-prefill", String.valueOf(exposed.scrape("prefill-0")));
            lookAlike(each.getValue() + "-decode", String.valueOf(exposed.scrape("decode-2")));
        }
        for (var each :
                List.of(
                        Map.entry(Engine.DYNAMO, "dynamo-frontend"),
                        Map.entry(Engine.TRTLLM, "epp-frontend"))) {
            var exposed = exposed(Dialect.of(each.getKey()));
            exposed.cluster().runUntil(FROM * SECOND);
            lookAlike(each.getValue(), exposed.scrapeFrontend());
        }
    }
}
