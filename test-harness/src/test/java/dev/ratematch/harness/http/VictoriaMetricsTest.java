package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.controller.telemetry.prometheus.Access.Basic;
import dev.ratematch.harness.prometheus.RealProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real VictoriaMetrics, single node.
@Tag("victoriametrics")
class VictoriaMetricsTest {

    /// It keeps twelve decimal digits of a counter, and a mean is of the difference of two.
    private static final double WITHIN = 1e-6;

    private static RealProgram start(Path folder, int port, String prefix, String... more)
            throws IOException {
        var command =
                new ArrayList<String>(
                        List.of(
                                RealProgram.binaries("victoriametrics", "test-extended")
                                        .resolve("victoria-metrics")
                                        .toString(),
                                "-storageDataPath=" + folder.resolve("data"),
                                "-httpListenAddr=127.0.0.1:" + port,
                                "-http.pathPrefix=" + prefix,
                                "-forceFlushAuthKey=now"));
        command.addAll(List.of(more));
        return RealProgram.start(
                folder.resolve("victoria-metrics.log"),
                command,
                RealProgram.answering("http://127.0.0.1:%d%s/health".formatted(port, prefix)));
    }

    private static List<PastFleet> fill(String url, Map<String, String> headers) throws Exception {
        var fleets = Store.write(url + "/api/v1/write", headers);
        // What has just been written is found some seconds later, or now.
        assertThat(RealProgram.answering(url + "/internal/force_flush?authKey=now").yet()).isTrue();
        return fleets;
    }

    @Test
    void tellsAtEveryMomentWhatWasToldThen(@TempDir Path folder) throws Exception {
        int port = RealProgram.freePort();
        String url = "http://127.0.0.1:" + port;
        try (var _ = start(folder, port, "")) {
            var fleets = fill(url, Map.of());
            Store.ask(
                    Store.settings(url),
                    client -> fleets.forEach(each -> each.isToldBy(client, WITHIN, (_, _) -> {})));
        }
    }

    /// The prefix that the cluster's vmselect serves under, with and without its tail.
    @Test
    void isAskedUnderItsPrefixWithUserAndPassword(@TempDir Path folder) throws Exception {
        int port = RealProgram.freePort();
        String root = "http://127.0.0.1:" + port;
        String url = root + "/select/0";
        try (var _ =
                start(
                        folder,
                        port,
                        "/select/0",
                        "-httpAuth.username=reader",
                        "-httpAuth.password=open sesame")) {
            var fleet =
                    fill(url, Map.of("Authorization", "Basic " + coded("open sesame"))).getFirst();
            var asked = Store.settings(url + "/prometheus");
            var known = asked.access(Access.OPEN.as(new Basic("reader", () -> "open sesame")));

            assertThat(Store.problems(asked, fleet))
                    .first()
                    .asString()
                    .contains("HTTP 401", "it requires a user and password", "--basic-user");
            assertThat(
                            Store.problems(
                                    asked.access(
                                            Access.OPEN.as(new Basic("reader", () -> "sesame"))),
                                    fleet))
                    .first()
                    .asString()
                    .contains("HTTP 401", "it requires another user and password")
                    .doesNotContain("sesame");
            assertThat(Store.problems(known, fleet)).isEmpty();
            assertThat(
                            Store.problems(
                                    Store.settings(root + "/select/1/prometheus")
                                            .access(known.access()),
                                    fleet))
                    .first()
                    .asString()
                    .contains("/select/1/prometheus answers HTTP 400", "check the URL");
        }
    }

    private static String coded(String password) {
        return Base64.getEncoder()
                .encodeToString(("reader:" + password).getBytes(StandardCharsets.UTF_8));
    }
}
