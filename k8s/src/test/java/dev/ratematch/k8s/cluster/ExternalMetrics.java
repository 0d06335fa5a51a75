package dev.ratematch.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.APIServiceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/// An external-metrics API of the test, behind the real aggregator: what an HPA reads is what the
/// test sets. It stands in for KEDA or a Prometheus adapter, so a control plane has this or them.
public final class ExternalMetrics implements AutoCloseable {

    private static final String GROUP = "external.metrics.k8s.io";
    private static final String API_SERVICE = "v1beta1." + GROUP;
    private static final String ROOT = "/apis/" + GROUP + "/v1beta1";
    private static final Pattern METRIC =
            Pattern.compile(ROOT + "/namespaces/(?<namespace>[^/]+)/(?<metric>[^/]+)");
    private static final String NAMESPACE = "default";
    private static final String SERVICE = "external-metrics";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Series(String namespace, String metric, Map<String, String> labels) {}

    private final KubernetesClient client;
    private final HttpsServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Series, Double> values = new ConcurrentHashMap<>();

    private ExternalMetrics(ControlPlane controlPlane) throws IOException {
        client = controlPlane.client();
        var serving =
                controlPlane
                        .authority()
                        .issue(
                                SERVICE,
                                "/CN=" + SERVICE,
                                ControlPlane.names("%s.%s.svc".formatted(SERVICE, NAMESPACE)));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(controlPlane.frontProxy().showing(serving)) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        var tls = getSSLContext().getDefaultSSLParameters();
                        tls.setNeedClientAuth(true);
                        parameters.setSSLParameters(tls);
                    }
                });
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
        register(controlPlane);
    }

    /// Starts to serve, and waits until the API server routes to it.
    public static ExternalMetrics start(ControlPlane controlPlane) {
        try {
            return new ExternalMetrics(controlPlane);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot serve external metrics", e);
        }
    }

    /// Sets the value that an HPA of a namespace reads from now on.
    public ExternalMetrics set(
            String namespace, String metric, Map<String, String> labels, double value) {
        values.put(new Series(namespace, metric, Map.copyOf(labels)), value);
        return this;
    }

    /// Takes a value away, as a metrics server does that has lost its source.
    public void remove(String namespace, String metric, Map<String, String> labels) {
        values.remove(new Series(namespace, metric, Map.copyOf(labels)));
    }

    @Override
    public void close() {
        unregister(client, NAMESPACE, SERVICE);
        server.stop(0);
        executor.shutdownNow();
    }

    static void unregister(KubernetesClient client, String namespace, String service) {
        var _ = client.apiServices().withName(API_SERVICE).delete();
        var _ = client.services().inNamespace(namespace).withName(service).delete();
    }

    private void register(ControlPlane controlPlane) throws IOException {
        register(
                client,
                NAMESPACE,
                SERVICE,
                server.getAddress().getPort(),
                Files.readString(controlPlane.authority().certificate()));
    }

    /// Routes the API group to a port of loopback. The aggregator refuses loopback addresses behind
    /// a Service, so the Service is a name that resolves to one.
    static void register(
            KubernetesClient client, String namespace, String service, int port, String authority) {
        var _ =
                client.services()
                        .resource(
                                new ServiceBuilder()
                                        .withNewMetadata()
                                        .withName(service)
                                        .withNamespace(namespace)
                                        .endMetadata()
                                        .withNewSpec()
                                        .withType("ExternalName")
                                        .withExternalName("localhost")
                                        .endSpec()
                                        .build())
                        .create();
        var _ =
                client.apiServices()
                        .resource(
                                new APIServiceBuilder()
                                        .withNewMetadata()
                                        .withName(API_SERVICE)
                                        .endMetadata()
                                        .withNewSpec()
                                        .withGroup(GROUP)
                                        .withVersion("v1beta1")
                                        .withGroupPriorityMinimum(100)
                                        .withVersionPriority(100)
                                        .withCaBundle(
                                                Base64.getEncoder()
                                                        .encodeToString(authority.getBytes(UTF_8)))
                                        .withNewService(service, namespace, port)
                                        .endSpec()
                                        .build())
                        .create();
        Await.until(
                LIMIT,
                API_SERVICE + " is available",
                () ->
                        client
                                .apiServices()
                                .withName(API_SERVICE)
                                .get()
                                .getStatus()
                                .getConditions()
                                .stream()
                                .anyMatch(
                                        c ->
                                                c.getType().equals("Available")
                                                        && c.getStatus().equals("True")));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var metric = METRIC.matcher(path);
            ObjectNode body;
            int code = 200;
            if (path.equals(ROOT)) {
                body = resources();
            } else if (metric.matches()) {
                body =
                        items(
                                metric.group("namespace"),
                                metric.group("metric"),
                                selector(exchange.getRequestURI().getRawQuery()));
            } else {
                code = 404;
                body = JSON.createObjectNode().put("kind", "Status").put("apiVersion", "v1");
                body.put("status", "Failure").put("code", 404).put("reason", "NotFound");
            }
            byte[] bytes = body.toString().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(code, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static ObjectNode resources() {
        var list = JSON.createObjectNode().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", GROUP + "/v1beta1");
        var resource = list.putArray("resources").addObject();
        resource.put("name", "externalmetrics").put("singularName", "").put("namespaced", true);
        resource.put("kind", "ExternalMetricValueList").putArray("verbs").add("get");
        return list;
    }

    private ObjectNode items(String namespace, String metric, List<String> selector) {
        var list =
                JSON.createObjectNode()
                        .put("kind", "ExternalMetricValueList")
                        .put("apiVersion", GROUP + "/v1beta1");
        list.putObject("metadata");
        var items = list.putArray("items");
        values.forEach(
                (series, value) -> {
                    if (series.namespace().equals(namespace)
                            && series.metric().equals(metric)
                            && matches(series.labels(), selector)) {
                        var item = items.addObject().put("metricName", metric);
                        var labels = item.putObject("metricLabels");
                        series.labels().forEach(labels::put);
                        item.put(
                                "timestamp",
                                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
                        item.put("value", Math.round(value * 1000) + "m");
                    }
                });
        return list;
    }

    private static boolean matches(Map<String, String> labels, List<String> selector) {
        return selector.stream()
                .map(term -> term.split("=", 2))
                .allMatch(term -> term.length == 2 && term[1].equals(labels.get(term[0])));
    }

    private static List<String> selector(String query) {
        var terms = new ArrayList<String>();
        for (var part : String.valueOf(query).split("&", -1)) {
            if (part.startsWith("labelSelector=")) {
                var selector = URLDecoder.decode(part.substring(part.indexOf('=') + 1), UTF_8);
                for (var term : selector.split(",", -1)) {
                    if (!term.isEmpty()) {
                        terms.add(term);
                    }
                }
            }
        }
        return terms;
    }
}
