package dev.ratematch.harness.engines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.StringTokenizer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/// Sends completions that stream, each when it is due and whatever became of those before, and
/// writes down when each token came. Prompts have no prefix in common.
final class LoadClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LATE_NANOS = 1_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI completions;
    private final String model;
    private final DoubleSupplier clock;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sent = new AtomicInteger();

    /// @param url of the server, without `/v1`
    /// @param clock seconds
    LoadClient(String url, String model, DoubleSupplier clock) {
        this.completions = URI.create(url + "/v1/completions");
        this.model = model;
        this.clock = clock;
    }

    /// Sends those, and comes back when the last one is on its way.
    void send(List<Call> calls, long seed) {
        double began = clock.getAsDouble();
        var random = new SplittableRandom(seed);
        for (var call : calls) {
            String body = body(call, random);
            while (clock.getAsDouble() < began + call.atSeconds()) {
                LockSupport.parkNanos(LATE_NANOS);
            }
            sent.incrementAndGet();
            threads.execute(() -> seen.add(one(call, body)));
        }
    }

    /// Requests sent up to now.
    int sent() {
        return sent.get();
    }

    /// Those that have ended up to now, in any way.
    List<Seen> seen() {
        return List.copyOf(seen);
    }

    private String body(Call call, SplittableRandom random) {
        String prompt =
                random.ints(call.inputTokens(), TinyModel.FIRST_WORD, TinyModel.WORDS)
                        .mapToObj(word -> "w" + word)
                        .collect(Collectors.joining(" "));
        try {
            return JSON.writeValueAsString(
                    Map.of(
                            "model",
                            model,
                            "prompt",
                            prompt,
                            "max_tokens",
                            call.outputTokens(),
                            "ignore_eos",
                            true,
                            "stream",
                            true));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Seen one(Call call, String body) {
        var request =
                HttpRequest.newBuilder(completions)
                        .header("Content-Type", "application/json")
                        .timeout(PATIENCE)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        double at = clock.getAsDouble();
        var tokens = new ArrayList<Double>();
        String failure;
        try {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofLines());
            try (var lines = answer.body()) {
                lines.mapToInt(LoadClient::tokens)
                        .forEach(
                                count ->
                                        tokens.addAll(
                                                Collections.nCopies(count, clock.getAsDouble())));
            }
            int status = answer.statusCode();
            failure = status == HttpURLConnection.HTTP_OK ? "" : "HTTP " + status;
        } catch (IOException | UncheckedIOException e) {
            failure = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = "interrupted";
        }
        return new Seen(call.inputTokens(), at, tokens, failure);
    }

    /// How many tokens a line of a stream brings: none in the last event; several where an engine
    /// had more than one ready, each of which is a word.
    static int tokens(String line) {
        if (!line.startsWith("data:") || line.endsWith("[DONE]")) {
            return 0;
        }
        try {
            var text = JSON.readTree(line.substring("data:".length())).at("/choices/0/text");
            return new StringTokenizer(text.asText()).countTokens();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.shutdownNow();
    }
}
