package dev.ratematch.harness.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.roleswitch.Home;
import dev.ratematch.harness.plant.Cluster;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lists pods and reads or sets replica counts, as a small orchestrator would.
final class ScaleApi {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCALE = "/scale/";
    private static final String POD = "/pods/";
    private static final int SHOWN = 80;

    private final PlantServer server;
    private final Cluster cluster;
    private final @Nullable PodRoles roles;

    /// @param roles null where nobody changes roles from outside
    ScaleApi(PlantServer server, Cluster cluster, @Nullable PodRoles roles) {
        this.server = server;
        this.cluster = cluster;
        this.roles = roles;
    }

    private record Reply(int status, String body) {

        static Reply refused(int status, String why) {
            return new Reply(status, PlantServer.json(Map.of("error", why)));
        }
    }

    void handle(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        boolean put = request.method().equals(HttpMethod.PUT);
        boolean get = request.method().equals(HttpMethod.GET);
        Future<Reply> reply;
        var own = roles;
        if (put && path.startsWith(POD) && own != null) {
            reply = label(own, path.substring(POD.length()), request);
        } else if (!get && !(put && path.startsWith(SCALE))) {
            reply = now(405, "Use GET, or PUT on /scale/prefill and /scale/decode.");
        } else if (path.equals("/pods")) {
            reply = server.inTurn(() -> new Reply(200, PlantServer.json(pods())));
        } else if (path.equals("/sd")) {
            reply = server.inTurn(() -> new Reply(200, PlantServer.json(discovery())));
        } else if (path.startsWith(SCALE)) {
            String name = path.substring(SCALE.length());
            var role = role(name);
            if (role == null) {
                reply = now(404, "role (%s) must be prefill or decode.".formatted(name));
            } else if (put) {
                reply =
                        request.body()
                                .compose(
                                        body ->
                                                server.inTurn(
                                                        () ->
                                                                put(
                                                                        role,
                                                                        body.toString(
                                                                                StandardCharsets
                                                                                        .UTF_8))));
            } else {
                reply = server.inTurn(() -> new Reply(200, PlantServer.json(counts(role))));
            }
        } else {
            reply = now(404, "path (%s) must be /pods, /sd or /scale/ROLE.".formatted(path));
        }
        reply.otherwise(e -> Reply.refused(500, e.toString()))
                .onSuccess(
                        r ->
                                request.response()
                                        .setStatusCode(r.status())
                                        .putHeader("content-type", "application/json")
                                        .end(r.body()));
    }

    private static Future<Reply> now(int status, String why) {
        return Future.succeededFuture(Reply.refused(status, why));
    }

    private static @Nullable Role role(String name) {
        for (var role : Role.values()) {
            if (role.label().equals(name)) {
                return role;
            }
        }
        return null;
    }

    /// Labels a pod, which takes it out of the pools or puts it into one.
    private Future<Reply> label(PodRoles own, String pod, HttpServerRequest request) {
        return request.body()
                .compose(
                        body ->
                                server.inTurn(
                                        () ->
                                                label(
                                                        own,
                                                        pod,
                                                        body.toString(StandardCharsets.UTF_8))));
    }

    private static Reply label(PodRoles own, String pod, String body) {
        var home = home(body);
        if (home == null) {
            return Reply.refused(
                    400,
                    "label (%s) must be prefill, decode or neither; send {\"label\":\"neither\"}."
                            .formatted(shown(body)));
        }
        try {
            own.relabel(pod, home);
        } catch (IllegalArgumentException e) {
            return Reply.refused(404, String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            return Reply.refused(409, String.valueOf(e.getMessage()));
        }
        return new Reply(200, PlantServer.json(Map.of("pod", pod, "label", home.label())));
    }

    private static @Nullable Home home(String body) {
        try {
            var node = JSON.readTree(body);
            String word = node == null ? "" : node.path("label").asText();
            for (var home : Home.values()) {
                if (home.label().equals(word)) {
                    return home;
                }
            }
            return null;
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    private Reply put(Role role, String body) {
        int replicas;
        try {
            replicas = replicas(role, body);
        } catch (IllegalArgumentException e) {
            return Reply.refused(400, String.valueOf(e.getMessage()));
        }
        cluster.scale(role, replicas);
        return new Reply(200, PlantServer.json(counts(role)));
    }

    private int replicas(Role role, String body) {
        var settings = cluster.settings();
        var shape = role == Role.PREFILL ? settings.prefill() : settings.decode();
        int most = settings.gpus() / shape.gpus();
        String wanted =
                "a whole number from 0 to %d, what the cluster's %d GPUs hold of %s replicas of %d"
                        .formatted(most, settings.gpus(), role.label(), shape.gpus());
        try {
            var node = JSON.readTree(body);
            var value = node == null ? null : node.get("replicas");
            if (value == null) {
                throw new IllegalArgumentException(
                        "replicas is missing in %s; send {\"replicas\":n}, %s."
                                .formatted(shown(body), wanted));
            }
            if (!value.isInt() || value.intValue() < 0 || value.intValue() > most) {
                throw new IllegalArgumentException(
                        "replicas (%s) must be %s.".formatted(shown(value.toString()), wanted));
            }
            return value.intValue();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "The body (%s) is not JSON; send {\"replicas\":n}, %s."
                            .formatted(shown(body), wanted),
                    e);
        }
    }

    private static String shown(String text) {
        String line = text.strip().replace('\n', ' ');
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }

    private Map<String, Object> counts(Role role) {
        var fleet = cluster.fleet(role);
        var counts = new LinkedHashMap<String, Object>();
        counts.put("role", role.label());
        counts.put("replicas", fleet.desired());
        counts.put("ready", fleet.ready());
        counts.put("starting", fleet.starting());
        counts.put("pending", fleet.pending());
        counts.put("draining", fleet.draining());
        return counts;
    }

    private List<Map<String, String>> pods() {
        var list = new ArrayList<Map<String, String>>();
        for (var role : Role.values()) {
            for (var pod : cluster.podNames(role)) {
                String url = server.url(pod);
                if (url != null) {
                    var entry = pod(role.label(), pod, url);
                    if (roles != null) {
                        entry.put("label", roles.label(pod).label());
                    }
                    list.add(entry);
                }
            }
        }
        String frontend = server.frontendUrl();
        if (frontend != null) {
            list.add(pod("frontend", "frontend", frontend));
        }
        return list;
    }

    /// The pods as Prometheus wants them: one group each, labelled with pod and role.
    private List<Map<String, Object>> discovery() {
        var groups = new ArrayList<Map<String, Object>>();
        for (var pod : pods()) {
            var url = URI.create(pod.getOrDefault("url", ""));
            var labels = new LinkedHashMap<String, String>();
            labels.put("__metrics_path__", url.getPath());
            labels.put("pod", pod.getOrDefault("pod", ""));
            labels.put("role", pod.getOrDefault("role", ""));
            var group = new LinkedHashMap<String, Object>();
            group.put("targets", List.of(url.getAuthority()));
            group.put("labels", labels);
            groups.add(group);
        }
        return groups;
    }

    private static Map<String, String> pod(String role, String name, String url) {
        var pod = new LinkedHashMap<String, String>();
        pod.put("role", role);
        pod.put("pod", name);
        pod.put("url", url);
        return pod;
    }
}
