package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.prometheus.RealProgram;
import dev.ratematch.harness.prometheus.RemoteWrite;
import dev.ratematch.harness.prometheus.ScrapeLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real Thanos: two that receive, and one that queries both.
@Tag("thanos")
class ThanosTest {

    private static final String PREFIX = "/thanos";
    private static final int PATIENCE_ROUNDS = 600;

    /// One that receives, and where it is written to and asked.
    private record Receiver(RealProgram program, String write, String grpc)
            implements AutoCloseable {

        static Receiver start(Path folder, String name) throws IOException {
            int http = RealProgram.freePort();
            String write = "127.0.0.1:" + RealProgram.freePort();
            String grpc = "127.0.0.1:" + RealProgram.freePort();
            var program =
                    thanos(
                            folder.resolve(name + ".log"),
                            RealProgram.answering("http://127.0.0.1:%d/-/ready".formatted(http)),
                            List.of(
                                    "receive",
                                    "--tsdb.path=" + folder.resolve(name),
                                    "--http-address=127.0.0.1:" + http,
                                    "--grpc-address=" + grpc,
                                    "--remote-write.address=" + write,
                                    "--receive.capnproto-address=127.0.0.1:"
                                            + RealProgram.freePort(),
                                    "--label=receive_replica=\"%s\"".formatted(name)));
            return new Receiver(program, "http://" + write + "/api/v1/receive", grpc);
        }

        RemoteWrite writer() {
            return new RemoteWrite(write, Map.of());
        }

        @Override
        public void close() {
            program.close();
        }
    }

    /// One that queries, and the root of its API.
    private record Querier(RealProgram program, String url) implements AutoCloseable {

        /// @param option by which the stores are named: `--endpoint` or `--endpoint-strict`
        static Querier start(Path folder, String option, Receiver... receivers) throws IOException {
            int port = RealProgram.freePort();
            String url = "http://127.0.0.1:" + port + PREFIX;
            var command =
                    new ArrayList<String>(
                            List.of(
                                    "query",
                                    "--http-address=127.0.0.1:" + port,
                                    "--grpc-address=127.0.0.1:" + RealProgram.freePort(),
                                    "--web.route-prefix=" + PREFIX,
                                    "--query.replica-label=receive_replica"));
            for (var receiver : receivers) {
                command.add(option + "=" + receiver.grpc());
            }
            return new Querier(
                    thanos(
                            folder.resolve("query.log"),
                            () -> stores(url) == receivers.length,
                            command),
                    url);
        }

        /// How many stores it has found and not lost.
        private static int stores(String url) throws IOException, InterruptedException {
            var request = HttpRequest.newBuilder(URI.create(url + "/api/v1/stores")).build();
            try (var client = HttpClient.newHttpClient()) {
                String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
                return (int) Pattern.compile("\"lastError\":null").matcher(body).results().count();
            }
        }

        /// Waits until so many stores are known to answer.
        void awaitStores(int count) {
            try {
                for (int round = 0; stores(url) != count; round++) {
                    assertThat(round).isLessThan(PATIENCE_ROUNDS);
                    LockSupport.parkNanos(100_000_000);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            program.close();
        }
    }

    private static RealProgram thanos(Path log, RealProgram.Ready ready, List<String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(RealProgram.binaries("thanos", "test-extended").resolve("thanos").toString());
        command.addAll(arguments);
        command.add("--log.level=warn");
        return RealProgram.start(log, command, ready);
    }

    private static ScrapeLog renamed(ScrapeLog log) {
        return (job, answer, at) -> log.add("other-" + job, answer, at);
    }

    /// The same samples twice, by one replica label: told once, or twice and seen to be the same.
    @Test
    void twoReplicasTellWithAndWithoutDeduplicationWhatWasToldThen(@TempDir Path folder)
            throws Exception {
        try (var a = Receiver.start(folder, "a");
                var b = Receiver.start(folder, "b")) {
            List<PastFleet> fleets;
            try (var one = a.writer();
                    var other = b.writer()) {
                fleets = Store.fill(one, other);
            }
            try (var querier = Querier.start(folder, "--endpoint", a, b)) {
                for (String dedup : List.of("true", "false")) {
                    var settings = Store.settings(querier.url()).parameters(Map.of("dedup", dedup));
                    Store.ask(
                            settings,
                            client ->
                                    fleets.forEach(
                                            each ->
                                                    each.isToldBy(
                                                            client, Same.EXACT, (_, _) -> {})));
                    for (var fleet : fleets) {
                        assertThat(Store.problems(settings, fleet)).isEmpty();
                    }
                }
            }
        }
    }

    /// A warning that a store did not answer holds, unless it is accepted; a querier that is told
    /// to give no part of an answer holds too.
    @Test
    void aStoreThatIsDownHoldsUnlessItsWarningIsAccepted(@TempDir Path folder) throws Exception {
        try (var a = Receiver.start(folder, "a");
                var b = Receiver.start(folder, "b")) {
            PastFleet fleet;
            try (var one = a.writer();
                    var other = b.writer()) {
                fleet = Store.fill(Dialect.Engine.VLLM, one, renamed(other));
            }
            try (var querier = Querier.start(folder, "--endpoint-strict", a, b)) {
                var settings = Store.settings(querier.url());
                b.program().kill();

                Store.ask(
                        settings,
                        client -> {
                            var held = fleet.last(client);
                            assertThat(held.traffic().arrived())
                                    .isNotInstanceOf(Reading.Value.class);
                            assertThat(held.warnings())
                                    .first()
                                    .asString()
                                    .contains("its answer is not whole", b.grpc());
                        });
                assertThat(Store.problems(settings, fleet))
                        .first()
                        .asString()
                        .contains("its answer is not whole", "--accept-warning");
                Store.ask(
                        settings.parameters(Map.of("partial_response", "false")),
                        client ->
                                assertThat(fleet.last(client).traffic().arrived())
                                        .isNotInstanceOf(Reading.Value.class));
                Store.ask(
                        settings.accepted(List.of(Pattern.compile(Pattern.quote(b.grpc())))),
                        client -> {
                            var taken = fleet.last(client);
                            assertThat(taken.warnings())
                                    .first()
                                    .asString()
                                    .contains("the store warns, accepted: ", b.grpc());
                            Same.traffic("accepted", taken, fleet.moments().getLast().snapshot());
                        });
            }
        }
    }

    /// Two Prometheus servers that scrape the same pods, one ten seconds after the other. Thanos
    /// takes each series from whichever of them suits, so that half a scrape is from one and half
    /// from the other, and a count of what came is a thousandfold; so it is asked for both.
    @Test
    void aPairThatScrapesAtOtherMomentsTellsWhatOneOfThemTold(@TempDir Path folder)
            throws Exception {
        try (var a = Receiver.start(folder, "a");
                var b = Receiver.start(folder, "b")) {
            var fleets = new ArrayList<PastFleet>();
            try (var one = a.writer();
                    var other = b.writer()) {
                for (var engine : Dialect.Engine.values()) {
                    fleets.add(PastFleet.simulate(engine, Store.span(), one, other));
                }
            }
            try (var querier = Querier.start(folder, "--endpoint", a, b)) {
                Store.ask(
                        Store.settings(querier.url()),
                        client ->
                                fleets.forEach(
                                        each -> each.isToldBy(client, Same.EXACT, (_, _) -> {})));
            }
        }
    }

    /// A querier that found its stores by itself forgets one that is down and warns of nothing: the
    /// pods behind it are missing all the same.
    @Test
    void aStoreThatIsForgottenLeavesNoZeroBehind(@TempDir Path folder) throws Exception {
        try (var a = Receiver.start(folder, "a");
                var b = Receiver.start(folder, "b")) {
            PastFleet fleet;
            try (var one = a.writer();
                    var other = b.writer()) {
                fleet =
                        Store.fill(
                                Dialect.Engine.VLLM,
                                (job, answer, at) ->
                                        (answer.target().source() == Source.DECODE ? other : one)
                                                .add(job, answer, at));
            }
            try (var querier = Querier.start(folder, "--endpoint", a, b)) {
                var settings = Store.settings(querier.url());
                Store.ask(
                        settings,
                        client -> {
                            Same.traffic(
                                    "whole",
                                    fleet.last(client),
                                    fleet.moments().getLast().snapshot());
                            b.program().kill();
                            querier.awaitStores(1);
                            var held = fleet.last(client);
                            assertThat(held.decode().runningRequests())
                                    .isInstanceOf(Reading.Unknown.class)
                                    .asString()
                                    .contains("has no series with");
                        });
            }
        }
    }
}
