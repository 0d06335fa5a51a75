package dev.ratematch.controller.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.transfer.KvLink;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What a service gets unasked is what the documents say.
class DefaultsTest {

    private static final Path DOCS =
            Path.of(System.getProperty("ratematch.root", "..")).resolve("docs");
    private static final String MODEL = "llama-3.1-70b";
    private static final double LINK_GB_PER_SECOND =
            Accelerators.named("b200").nicBytesPerSecond() / 1e9;
    private static final Slo SLO = new Slo(2, 0.03, 95);

    @Test
    void aServiceOfWhichNothingIsSaidIsOneOfWhichEveryDefaultIsSaid() {
        var silent = ServiceFactory.create(ServiceRequest.of(MODEL, "b200", SLO, 16));
        var told =
                ServiceFactory.create(
                        ServiceRequest.builder(MODEL, "b200", SLO, 16)
                                .kvDtype(Defaults.KV_DTYPE.name().toLowerCase(Locale.ROOT))
                                .engine(Defaults.ENGINE)
                                .link(LINK_GB_PER_SECOND, Defaults.LINK_MODE)
                                .allReduceFloorMicros(Defaults.ALL_REDUCE_FLOOR_MICROS)
                                .pools(
                                        told(Defaults.PREFILL_DRAIN_SECONDS),
                                        told(Defaults.DECODE_DRAIN_SECONDS))
                                .build());

        assertThat(silent.spec()).isEqualTo(told.spec());
        assertThat(silent.identity()).isEqualTo(told.identity());
        assertThat(silent.spec().link().latencySeconds()).isEqualTo(KvLink.LATENCY_SECONDS);
        assertThat(silent.spec().prefill().kvTokens())
                .isGreaterThanOrEqualTo(Defaults.USEFUL_KV_TOKENS);
    }

    private static PoolRequest told(double drainSeconds) {
        return PoolRequest.builder()
                .min(Defaults.MIN_REPLICAS)
                .leadTimeSeconds(Defaults.LEAD_TIME_SECONDS)
                .drainSeconds(drainSeconds)
                .maxBatchedTokens(Defaults.BATCHED_TOKENS)
                .maxSequences(Defaults.SEQUENCES)
                .build();
    }

    @Test
    void whatIsSaidStands() {
        var pool =
                PoolRequest.builder()
                        .gpus(2)
                        .parallel("tp2")
                        .min(2)
                        .max(3)
                        .leadTimeSeconds(4.0)
                        .drainSeconds(5.0)
                        .maxBatchedTokens(6)
                        .maxSequences(7)
                        .kvTokens(8e6)
                        .build();

        assertThat(pool).isEqualTo(new PoolRequest(2, "tp2", 2, 3, 4.0, 5.0, 6, 7, 8e6));
        var request =
                ServiceRequest.builder(MODEL, "b200", SLO, 16)
                        .precision("fp8")
                        .kvDtype("bf16")
                        .engine("sglang")
                        .link(25.0, Defaults.LINK_MODE)
                        .allReduceFloorMicros(9.0)
                        .pools(pool, PoolRequest.spread("tp4"))
                        .build();
        var other = new Slo(3, 0.04, 90);
        assertThat(request.promising(other))
                .isEqualTo(
                        new ServiceRequest(
                                MODEL,
                                "b200",
                                "fp8",
                                "bf16",
                                "sglang",
                                other,
                                16,
                                25.0,
                                Defaults.LINK_MODE,
                                9.0,
                                pool,
                                PoolRequest.spread("tp4"),
                                null,
                                null,
                                Tuning.DEFAULT));
    }

    /// The table of the control law has every number, by its name.
    @Test
    void everyNumberStandsInTheTableOfConstants() throws Exception {
        var numbers = new TreeMap<String, Double>();
        for (Field field : Defaults.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType().isPrimitive()) {
                numbers.put(field.getName(), ((Number) field.get(null)).doubleValue());
            }
        }
        var said = new TreeMap<String, Double>();
        for (var row : rows("control.md", "`Defaults.")) {
            var names = row.getFirst().replace("`", "").replace("Defaults.", "").split(", ", -1);
            var values = row.get(1).replace(" 000", "000").split(", ", -1);
            assertThat(values).as("%s", row).hasSameSizeAs(names);
            for (int i = 0; i < names.length; i++) {
                said.put(names[i], Double.valueOf(values[i]));
            }
        }
        assertThat(said).isEqualTo(numbers);
    }

    @Test
    void theStepProtocolSaysTheSame() throws IOException {
        says("kv_dtype", Defaults.KV_DTYPE.name());
        says("engine", Defaults.ENGINE);
        says("kv_link.gb_s_per_gpu", number(LINK_GB_PER_SECOND));
        says("kv_link.mode", Defaults.LINK_MODE.name());
        says("min", number(Defaults.MIN_REPLICAS));
        says("lead_time_s", number(Defaults.LEAD_TIME_SECONDS));
        says("drain_s", "prefill " + number(Defaults.PREFILL_DRAIN_SECONDS));
        says("drain_s", "decode " + number(Defaults.DECODE_DRAIN_SECONDS));
        says("max_batched_tokens", number(Defaults.BATCHED_TOKENS));
        says("max_seqs", number(Defaults.SEQUENCES));
        says("all_reduce_floor_us", number(Defaults.ALL_REDUCE_FLOOR_MICROS));
    }

    private static void says(String field, String value) throws IOException {
        var row = rows("step.md", "`" + field + "`").getFirst();
        assertThat(row.get(2)).as(field).containsPattern("(?i)\\b" + value + "\\b");
    }

    @Test
    void theCustomResourceSaysTheSame() throws IOException {
        for (String role : List.of("prefill.", "decode.")) {
            defaults(role + "leadTime", number(Defaults.LEAD_TIME_SECONDS) + "s.");
            defaults(
                    role + "drain.usual",
                    "%ss for prefill, %ss for decode."
                            .formatted(
                                    number(Defaults.PREFILL_DRAIN_SECONDS),
                                    number(Defaults.DECODE_DRAIN_SECONDS)));
            defaults(role + "maxBatchedTokens", number(Defaults.BATCHED_TOKENS) + ".");
            defaults(role + "maxSequences", number(Defaults.SEQUENCES) + ".");
            defaults(role + "minReplicas", number(Defaults.MIN_REPLICAS) + ".");
        }
        defaults("kvLink.gbPerSecondPerGpu", "that of the GPU's network adapter.");
        defaults("kvLink.mode", Defaults.LINK_MODE.name().toLowerCase(Locale.ROOT) + ".");
        defaults("kvDtype", Defaults.KV_DTYPE.name().toLowerCase(Locale.ROOT) + ".");
    }

    private static void defaults(String field, String value) throws IOException {
        var row = rows("crd.md", field + " ").getFirst();
        assertThat(row.getLast()).as(field).endsWith("Default: " + value);
    }

    private static String number(double value) {
        return Long.toString(Math.round(value));
    }

    /// Rows of a document's tables that begin like that, cell by cell.
    private static List<List<String>> rows(String document, String begin) throws IOException {
        var rows = new ArrayList<List<String>>();
        for (String line : Files.readAllLines(DOCS.resolve(document))) {
            if (line.startsWith("| " + begin)) {
                var cells = new ArrayList<String>();
                for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|", -1)) {
                    cells.add(cell.strip());
                }
                rows.add(cells);
            }
        }
        assertThat(rows).as("%s of %s", begin, document).isNotEmpty();
        return rows;
    }
}
