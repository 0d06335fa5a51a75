package dev.ratematch.k8s.operator;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Requests to the API server, counted by verb, resource and answer. Safe for use by any thread.
final class ApiCalls implements Interceptor {

    private static final String UNANSWERED = "none";

    /// Requests under way; beyond so many some were lost without an answer, and none is timed.
    private static final int UNDER_WAY_MAX = 10_000;

    private final Map<UUID, Long> began = new ConcurrentHashMap<>();
    private volatile @Nullable MeterRegistry registry;

    /// Counts into that registry from now on.
    void countInto(MeterRegistry into) {
        registry = into;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (began.size() < UNDER_WAY_MAX) {
            began.put(request.id(), System.nanoTime());
        }
    }

    @Override
    public void after(
            HttpRequest request,
            HttpResponse<?> response,
            AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        answered(request, String.valueOf(response.code()));
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        answered(request, UNANSWERED);
    }

    private void answered(HttpRequest request, String code) {
        var start = began.remove(request.id());
        var into = registry;
        if (into == null) {
            return;
        }
        String verb = verb(request.method(), request.uri());
        into.counter(
                        "ratematch_api_requests",
                        "verb",
                        verb,
                        "resource",
                        resource(request.uri()),
                        "code",
                        code)
                .increment();
        if (start != null && !verb.equals("watch")) {
            into.timer("ratematch_api_request_duration", "verb", verb)
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /// `get`, `watch`, `post`, `put`, `patch` or `delete`.
    static String verb(String method, URI uri) {
        String query = uri.getQuery();
        boolean watch = query != null && query.contains("watch=true");
        return watch ? "watch" : method.toLowerCase(Locale.ROOT);
    }

    /// The resource and what is below it, such as `deployments/scale`, without names: those of
    /// namespaces and objects would be series without end. `other` where the path is of none.
    static String resource(URI uri) {
        var parts = new ArrayList<>(List.of(uri.getPath().split("/", -1)));
        parts.removeIf(String::isEmpty);
        int skip =
                switch (parts.isEmpty() ? "" : parts.getFirst()) {
                    case "api" -> 2;
                    case "apis" -> 3;
                    default -> parts.size();
                };
        var rest = parts.subList(Math.min(skip, parts.size()), parts.size());
        if (rest.size() > 2 && rest.getFirst().equals("namespaces")) {
            rest = rest.subList(2, rest.size());
        }
        if (rest.isEmpty()) {
            return "other";
        }
        return rest.size() > 2 ? rest.getFirst() + "/" + rest.get(2) : rest.getFirst();
    }
}
