package dev.ratematch.dashboards.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.dashboards.Scene;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The console over real HTTP, without a browser.
class ConsoleServerTest {

    private static final String TOKEN = "a-token-that-nobody-guesses";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Scene scene = new Scene(0);
    private final Console console = new Console(Access.LOCAL, "test", true, 1);
    private final ConsoleServer server = new ConsoleServer(console, Access.LOCAL, "127.0.0.1", 0);
    private final Http http = new Http(server.port());

    @AfterEach
    void close() {
        server.close();
    }

    private void cycles(Console shown, int count) {
        for (int i = 0; i < count; i++) {
            var told = scene.cycle(2, 3, 4, 0.5);
            shown.cycle("ml", "chat", scene.service(), told.cycle(), told.record());
        }
    }

    private JsonNode json(String path) throws IOException {
        var answer = http.get(path);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Test
    void everyAnswerForbidsWhatThePageDoesNotNeed() throws IOException {
        cycles(console, 1);
        for (String path : new String[] {"/", "/console/app.js", "/api/services", "/api/nothing"}) {
            var headers = http.get(path).headers();
            assertThat(headers.get("Content-Security-Policy"))
                    .as(path)
                    .contains("default-src 'none'")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(headers)
                    .containsEntry("X-Content-Type-Options", "nosniff")
                    .containsEntry("Referrer-Policy", "no-referrer")
                    .containsEntry("X-Frame-Options", "DENY");
        }
    }

    @Test
    void everyFileIsThere() throws IOException {
        for (String path : PageFiles.paths()) {
            var answer = http.get(path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.body()).as(path).isNotEmpty();
            String tag = answer.headers().get("ETag");
            assertThat(http.get(path, "If-None-Match: " + tag).status()).isEqualTo(304);
        }
        assertThat(http.get("/console/../pom.xml").status()).isEqualTo(404);
    }

    @Test
    void itOnlyReads() throws IOException {
        cycles(console, 1);
        assertThat(http.send("POST", "/api/services", "localhost").status()).isEqualTo(405);
        assertThat(http.send("DELETE", "/", "localhost").status()).isEqualTo(404);
        assertThat(http.get("/api/services", "Content-Length: 4").status()).isEqualTo(413);
        assertThat(http.get("/api/services?x=" + "y".repeat(9000)).status()).isEqualTo(414);
    }

    @Test
    void withoutATokenItAnswersOnlyUnderThisMachinesName() throws IOException {
        cycles(console, 1);
        assertThat(http.send("GET", "/api/services", "127.0.0.1:8080").status()).isEqualTo(200);
        var elsewhere = http.send("GET", "/api/services", "evil.example");
        assertThat(elsewhere.status()).isEqualTo(403);
        assertThat(elsewhere.body()).contains("token").doesNotContain("chat");
    }

    @Test
    void withATokenWhoeverHasItSees() throws IOException {
        var access = new Access(TOKEN);
        var guarded = new Console(access, "test", true, 1);
        cycles(guarded, 1);
        try (var open = new ConsoleServer(guarded, access, "127.0.0.1", 0)) {
            var client = new Http(open.port());
            for (String wrong :
                    new String[] {
                        "X: y", "Authorization: Bearer nothing", "Authorization: " + TOKEN
                    }) {
                var refused = client.get("/api/services", wrong);
                assertThat(refused.status()).isEqualTo(401);
                assertThat(refused.body()).doesNotContain("chat");
            }
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(client.get("/api/services", "Authorization: Bearer " + TOKEN).body())
                    .contains("ml/chat");
        }
    }

    @Test
    void othersReachItOnlyWithAToken() {
        assertThatThrownBy(() -> new ConsoleServer(console, Access.LOCAL, "0.0.0.0", 0).close())
                .hasMessageContaining("--console-host (0.0.0.0)")
                .hasMessageContaining("--console-token-file");
        assertThatThrownBy(() -> new Access("short"))
                .hasMessageContaining("5 characters")
                .hasMessageContaining("at least 16");
    }

    /// A cycle that was refused is shown until there is one, whether or not there ever was.
    @Test
    void whatHasNoCycleIsSaidWithItsReason() throws IOException {
        cycles(console, 1);
        console.halted("ml", "chat", "spec.model is not known.");
        console.halted("ml", "new", "spec.budget is missing.");
        var listed = json("/api/services");
        assertThat(listed.path("services").size()).isEqualTo(1);
        assertThat(listed.path("halted").findValuesAsText("id"))
                .containsExactly("ml/chat", "ml/new");
        assertThat(listed.path("halted").path(0).path("why").asText())
                .isEqualTo("spec.model is not known.");
        cycles(console, 1);
        console.forget("ml", "new");
        assertThat(json("/api/services").path("halted").isEmpty()).isTrue();
    }

    @Test
    void servesWhatACycleHolds() throws IOException {
        cycles(console, 6);
        var listed = json("/api/services").path("services").path(0);
        assertThat(listed.path("id").asText()).isEqualTo("ml/chat");
        assertThat(listed.path("requests_per_second").path("value").asDouble()).isEqualTo(4);
        var view = json("/api/service?id=ml/chat");
        assertThat(view.path("pools").path(1).path("ready").path("value").asInt()).isEqualTo(3);
        assertThat(view.path("model").path("now").path("carried_per_second").asDouble())
                .isPositive();
        assertThat(view.path("row").path("now").path("gpus").asInt()).isEqualTo(5);
        var history = json("/api/history?id=ml/chat&after=4");
        assertThat(history.path("sequence").toString()).isEqualTo("[5,6]");
        assertThat(json("/api/service?id=ml/chat&at=31").path("row").path("sequence").asInt())
                .isEqualTo(2);
        var decisions = json("/api/decisions?id=ml/chat");
        int number = decisions.path(0).path("number").asInt();
        assertThat(json("/api/decision?id=ml/chat&number=" + number).path("text").asText())
                .isNotEmpty();
        assertThat(http.get("/api/service?id=nobody").status()).isEqualTo(404);
        assertThat(http.get("/api/decision?id=ml/chat&number=999").status()).isEqualTo(400);
    }

    @Test
    void plansForWhatIsAsked() throws IOException {
        cycles(console, 6);
        var usual = json("/api/what-if?id=ml/chat");
        var more = json("/api/what-if?id=ml/chat&requests_per_s=40&gpus=32");
        assertThat(more.path("pair").path("gpus").asInt())
                .isGreaterThan(usual.path("pair").path("gpus").asInt());
        assertThat(more.path("budget_gpus").asInt()).isEqualTo(32);
        assertThat(more.path("served_share").asDouble()).isEqualTo(1);
        var strict = json("/api/what-if?id=ml/chat&itl_ms=0.1");
        assertThat(strict.path("unreachable").asBoolean()).isTrue();
        var wrong = http.get("/api/what-if?id=ml/chat&gpus=many");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body()).contains("gpus (many) must be a number");
        assertThat(http.get("/api/what-if?id=ml/chat&isl=0").body()).contains("isl (0.0) must be");
        var frontier = json("/api/frontier?id=ml/chat");
        assertThat(frontier.path("points").size()).isGreaterThan(3);
        assertThat(frontier.path("today").path("pair").path("gpus").asInt()).isEqualTo(5);
    }

    @Test
    void aFrontierWithoutTrafficIsUnknown() throws IOException {
        var told = scene.blind("the pods do not answer");
        console.cycle("ml", "chat", scene.service(), told.cycle(), told.record());
        var frontier = json("/api/frontier?id=ml/chat");
        assertThat(frontier.path("points").size()).isZero();
        assertThat(frontier.path("why").asText()).contains("no requests in the last windows");
    }

    @Test
    void aStreamBeginsWithTheDayAndGoesOn() throws IOException {
        cycles(console, 3);
        try (var stream = http.open("/api/events?id=ml/chat")) {
            var begin = stream.upTo("data: ");
            assertThat(begin).contains("event: begin", "id: 1-3");
            var first = JSON.readTree(begin.getLast().substring(6));
            assertThat(first.path("whole").asBoolean()).isTrue();
            assertThat(first.path("points").path("at").size()).isEqualTo(3);
            cycles(console, 1);
            var next = stream.upTo("data: ");
            assertThat(next).contains("event: cycle", "id: 1-4");
            assertThat(
                            JSON.readTree(next.getLast().substring(6))
                                    .path("points")
                                    .path("sequence")
                                    .toString())
                    .isEqualTo("[4]");
        }
    }

    @Test
    void whoeverComesBackGetsWhatWasMissed() throws IOException {
        cycles(console, 5);
        try (var stream = http.open("/api/events?id=ml/chat", "Last-Event-ID: 1-3")) {
            var begin = JSON.readTree(stream.upTo("data: ").getLast().substring(6));
            assertThat(begin.path("whole").asBoolean()).isFalse();
            assertThat(begin.path("points").path("sequence").toString()).isEqualTo("[4,5]");
        }
        // Of another process, or of nobody: everything.
        for (String id : new String[] {"0-3", "1-9", "1-x", "nonsense"}) {
            try (var stream = http.open("/api/events?id=ml/chat", "Last-Event-ID: " + id)) {
                var begin = JSON.readTree(stream.upTo("data: ").getLast().substring(6));
                assertThat(begin.path("points").path("at").size()).as(id).isEqualTo(5);
            }
        }
    }

    @Test
    void theOverviewIsAStreamOfRows() throws IOException {
        cycles(console, 1);
        try (var stream = http.open("/api/events")) {
            stream.upTo("retry: ");
            assertThat(console.readers()).isEqualTo(1);
            cycles(console, 1);
            var row = stream.upTo("data: ");
            assertThat(row).contains("event: row");
            assertThat(row.getLast()).contains("\"sequence\":2");
        }
    }

    @Test
    void streamsAreBounded() throws IOException {
        cycles(console, 1);
        var open = new ArrayList<Http.Open>();
        try {
            for (int i = 0; i < Streams.STREAMS_MAX; i++) {
                var stream = http.open("/api/events");
                open.add(stream);
                stream.upTo("retry: ");
            }
            var refused = http.get("/api/events");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.headers()).containsKey("Retry-After");
            assertThat(http.get("/api/services").status()).isEqualTo(200);
        } finally {
            open.forEach(Http.Open::close);
        }
    }

    @Test
    void whatIsForgottenIsGone() throws IOException {
        cycles(console, 1);
        console.forget("ml", "chat");
        assertThat(json("/api/services").path("services").size()).isZero();
    }
}
