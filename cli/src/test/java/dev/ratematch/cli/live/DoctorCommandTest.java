package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    /// The line of a fault and the one after it, which says what to change.
    private static String fault(String out, String pod, String check) {
        var lines = lines(out);
        for (int i = 0; i + 1 < lines.size(); i++) {
            String line = lines.get(i);
            if (line.contains(pod + " ") && line.contains(" " + check) && line.contains("FAULT")) {
                return line + lines.get(i + 1);
            }
        }
        throw new AssertionError("No fault of %s, %s in:%n%s".formatted(pod, check, out));
    }

    @Test
    void aHealthyClusterIsSaidToBeHealthy() {
        assertHealthyCluster();
    }

    private static void assertHealthyCluster() {
        try (var town = new Town(2, 3)) {
            var ran = Ran.doctor(town.direct());

            assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out())
                    .contains("Healthy: 6 pods, scraped directly can be used.")
                    .contains("vLLM by ")
                    .doesNotContain("FAULT");
            assertThat(town.requests)
                    .allMatch(r -> r.startsWith("GET /") && r.endsWith("/metrics"));
        }
    }

    @Test
    void fivePlantedFaultsAreFoundWithTheirFix() {
        try (var town = new Town(3, 4)) {
            var pods = town.pods();
            var decode = pods.stream().filter(p -> p.startsWith("d")).toList();
            var prefill = pods.stream().filter(p -> p.startsWith("p")).toList();
            var source = new ArrayList<>(town.direct());
            source.remove("--prefill-url=" + town.url(prefill.get(0)));
            source.add("--decode-url=" + town.url(prefill.get(0)));
            source.add("--decode-url=" + town.url("decode-gone"));
            town.spoil(
                    decode.get(0),
                    text -> text.replace("vllm:num_requests_waiting", "vllm:requests_queued"));
            town.spoil(
                    decode.get(1),
                    text -> text.replaceAll("(?m)^(vllm:kv_cache_usage_perc\\S*) .*$", "$1 41.5"));
            town.spoil(
                    decode.get(2),
                    text -> text.replaceAll("(?m)^(vllm:num_requests_running\\S*) .*$", "$1 NaN"));
            town.spoil(
                    prefill.get(1),
                    text -> text.replaceAll("model_name=\"[^\"]*\"", "model_name=\"another\""));

            var ran = Ran.doctor(source);

            assertThat(ran.code()).isEqualTo(1);
            assertThat(fault(ran.out(), prefill.get(0) + "/metrics", "role"))
                    .contains("as a prefill pod does", "swap --prefill-selector and");
            assertThat(fault(ran.out(), "decode-gone/metrics", "present"))
                    .contains("HTTP 503", "give the port and path");
            assertThat(fault(ran.out(), decode.get(0) + "/metrics", "present"))
                    .contains("vllm:num_requests_waiting", "--metric waiting=NAME");
            assertThat(fault(ran.out(), decode.get(1) + "/metrics", "unit"))
                    .contains("41.5", "percent", "--metric kv-used=NAME");
            assertThat(fault(ran.out(), decode.get(2) + "/metrics", "plausible"))
                    .contains("is no number", "NaN");
            assertThat(fault(ran.out(), "all", "labelled"))
                    .contains(
                            "several models: another, ", "narrow --prefill-selector to one model");
            assertThat(ran.out()).contains("6 faults in ").doesNotContain("Healthy");
            assertThat(ran.out().lines().filter(l -> l.contains(" FAULT "))).hasSize(6);
        }
    }

    @Test
    void millisecondsAreToldFromSeconds() {
        try (var town = new Town(2, 2)) {
            var pod = town.pods().stream().filter(p -> p.startsWith("p")).findFirst().orElseThrow();
            town.spoil(pod, DoctorCommandTest::inMilliseconds);

            var ran = Ran.doctor(town.direct());

            assertThat(fault(ran.out(), pod + "/metrics", "unit"))
                    .contains("milliseconds", "--metric first-token=NAME");
        }
    }

    private static String inMilliseconds(String text) {
        var out = new StringBuilder();
        for (String line : lines(text)) {
            String changed = line;
            if (line.startsWith("vllm:time_to_first_token_seconds_sum")) {
                int space = line.lastIndexOf(' ');
                changed =
                        line.substring(0, space + 1)
                                + 1e3 * Double.parseDouble(line.substring(space));
            } else if (line.startsWith("vllm:time_to_first_token_seconds_bucket")
                    && !line.contains("Inf")) {
                int from = line.indexOf("le=\"") + 4;
                int to = line.indexOf('"', from);
                changed =
                        line.substring(0, from)
                                + 1e3 * Double.parseDouble(line.substring(from, to))
                                + line.substring(to);
            }
            out.append(changed).append('\n');
        }
        return out.toString();
    }

    @Test
    void jsonIsOneObjectWithEveryCheck() throws Exception {
        try (var town = new Town(1, 1)) {
            town.remove("frontend");
            var ran = Ran.doctor(town.direct(), "--format=json");

            var node = new ObjectMapper().readTree(ran.out());
            assertThat(ran.code()).isZero();
            assertThat(ran.out().lines()).hasSize(1);
            assertThat(node.get("healthy").asBoolean()).isTrue();
            assertThat(node.get("lacking").asInt()).isEqualTo(1);
            assertThat(node.get("checks").size()).isGreaterThan(10);
            assertThat(node.get("checks").findValuesAsText("result")).contains("good", "lacking");
        }
    }

    @Test
    void sampleFleetsOfEveryEngineAreHealthy() {
        var shared = Path.of(System.getProperty("ratematch.root", "..")).resolveSibling("shared");
        var folder = shared.resolve("scrapes");
        if (!Files.isDirectory(folder)) {
            System.out.println("Shared scrapes are absent; the simulated vLLM stands for all.");
            assertHealthyCluster();
            return;
        }
        for (String engine : List.of("vllm", "sglang", "trtllm", "dynamo")) {
            try (var town = new Town()) {
                town.put("prefill", () -> read(folder.resolve(engine + "-prefill.prom")));
                town.put("decode", () -> read(folder.resolve(engine + "-decode.prom")));
                String frontend = engine.equals("dynamo") ? "dynamo" : "epp";
                town.put("frontend", () -> read(folder.resolve(frontend + "-frontend.prom")));

                var ran = Ran.doctor(town.direct());

                assertThat(ran.code()).as(engine + "\n" + ran.out() + ran.err()).isZero();
                assertThat(ran.out()).contains("Healthy: ");
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPageThatIsNoMetricsIsSaidForWhatItIs() {
        try (var town = new Town(1, 1)) {
            String pod = town.pods().getFirst();
            town.spoil(pod, _ -> "<html><body>Sign in</body></html>");
            assertThat(fault(Ran.doctor(town.direct()).out(), pod + "/metrics", "present"))
                    .contains("looks like HTML");
            town.spoil(pod, _ -> "[{\"iter\": 1}]");
            assertThat(fault(Ran.doctor(town.direct()).out(), pod + "/metrics", "present"))
                    .contains("/prometheus/metrics");
            town.spoil(pod, _ -> "");
            assertThat(fault(Ran.doctor(town.direct()).out(), pod + "/metrics", "present"))
                    .contains("it is empty");
        }
    }

    @Test
    void aWrongCommandLineIsRefusedByName() {
        assertRefused(List.of(), "--prometheus is missing", "--prefill-url");
        assertRefused(
                List.of("--prometheus=http://x:1", "--prefill-url=http://y:1"),
                "exclude each other");
        assertRefused(
                List.of("--prometheus=http://x:1", "--prefill-selector=pod=\"a\""),
                "--decode-selector is missing");
        assertRefused(List.of("--prometheus=x:1"), "prometheus url (x:1) must be like");
        assertRefused(List.of("--prefill-url=10.0.0.7:8000"), "--prefill-url (10.0.0.7:8000)");
        assertRefused(
                List.of("--prefill-url=http://y:1,http://y:1"),
                "--prefill-url names one pod twice");
        assertRefused(
                List.of("--prefill-url=http://y:1", "--engine=vlm"),
                "--engine (vlm) must be auto or one of vllm");
        assertRefused(
                List.of("--prefill-url=http://y:1", "--metric=wating=x"),
                "--metric wating renames nothing");
        assertRefused(
                List.of("--prometheus=http://x:1", "--ca-file=nowhere"),
                "--ca-file does not exist; give the name of a file");
    }

    private static void assertRefused(List<String> args, String... parts) {
        var ran = Ran.doctor(args);
        assertThat(ran.code()).as(ran.err()).isEqualTo(2);
        assertThat(ran.err()).contains(parts);
    }
}
