package dev.ratematch.cli.live;

import dev.ratematch.cli.Seconds;
import dev.ratematch.controller.host.LiveSource;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.controller.telemetry.resilience.Limits;
import dev.ratematch.controller.telemetry.scrape.Target;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where metrics are read: a Prometheus, or the pods themselves.
final class SourceOptions {

    @Option(
            names = "--prometheus",
            paramLabel = "URL",
            description =
                    "URL of Prometheus, or of a server with the same query API, such as "
                            + "http://localhost:9090.")
    private @Nullable String prometheus;

    @Option(
            names = "--prefill-selector",
            paramLabel = "MATCHERS",
            description =
                    "PromQL label matchers of the prefill pods, such as"
                            + " 'namespace=\"llm\",pod=~\"prefill-.*\"'. Use labels of the"
                            + " scrape target: they are matched against the series up too.")
    private String prefillSelector = "";

    @Option(
            names = "--decode-selector",
            paramLabel = "MATCHERS",
            description = "PromQL label matchers of the decode pods.")
    private String decodeSelector = "";

    @Option(
            names = "--frontend-selector",
            paramLabel = "MATCHERS",
            description =
                    "PromQL label matchers of the frontend (Dynamo's, or llm-d's "
                            + "endpoint picker), if there is one.")
    private String frontendSelector = "";

    @Mixin private AccessOptions access = new AccessOptions();

    @Option(
            names = "--prefill-url",
            split = ",",
            paramLabel = "URL",
            description =
                    "Instead of --prometheus: metrics URL of a prefill pod, to scrape "
                            + "directly. Give one for each pod. Default path: /metrics.")
    private List<String> prefillUrls = new ArrayList<>();

    @Option(
            names = "--decode-url",
            split = ",",
            paramLabel = "URL",
            description = "Metrics URL of a decode pod. Give one for each pod.")
    private List<String> decodeUrls = new ArrayList<>();

    @Option(
            names = "--frontend-url",
            split = ",",
            paramLabel = "URL",
            description = "Metrics URL of the frontend.")
    private List<String> frontendUrls = new ArrayList<>();

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = Catalogue.AUTO,
            description =
                    "Engine whose metrics the pods expose: vllm, sglang, trtllm or "
                            + "triton. Default: auto, detected for each pod.")
    private String engine = Catalogue.AUTO;

    @Option(
            names = "--metric",
            paramLabel = "FACT=NAME",
            description =
                    "Name of a renamed metric, such as waiting=my_queue; doctor lists "
                            + "the facts. Repeatable.")
    private Map<String, String> metrics = new LinkedHashMap<>();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = Seconds.Converter.class,
            description = "Timeout for one response. Default: ${DEFAULT-VALUE}.")
    private Seconds timeout = new Seconds(5);

    /// Whether pods are scraped directly.
    boolean direct() {
        return prometheus == null;
    }

    /// Whether Prometheus is named without saying which pods are whose.
    boolean unselected() {
        return prometheus != null && prefillSelector.isBlank() && decodeSelector.isBlank();
    }

    /// Refuses what does not go together.
    ///
    /// @throws IllegalArgumentException naming the option and what would be right
    void check() {
        boolean urls = !(prefillUrls.isEmpty() && decodeUrls.isEmpty() && frontendUrls.isEmpty());
        if (prometheus != null && urls) {
            throw new IllegalArgumentException(
                    "--prometheus (%s) and URLs of pods exclude each other; give one source."
                            .formatted(Access.concealedUrl(prometheus)));
        }
        if (prometheus == null) {
            boolean selected = !(prefillSelector + decodeSelector + frontendSelector).isBlank();
            if (selected || access.given() || !urls) {
                throw new IllegalArgumentException(
                        "--prometheus is missing; give it with --prefill-selector and "
                                + "--decode-selector, or give pods with --prefill-url and "
                                + "--decode-url.");
            }
            targets();
        } else {
            settings();
            if (!unselected()) {
                selectors();
            }
        }
        catalogue();
    }

    /// What is understood: of one engine where one is named, with the site's own names.
    Catalogue catalogue() {
        try {
            return Catalogue.shipped().engine(engine).renamed(metrics);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--" + said(e).replace("metrics.", "metric "), e);
        }
    }

    /// The engine by the cost model's name; empty when it is to be found.
    String engine() {
        return engine.equals(Catalogue.AUTO) ? "" : Detection.priced(engine);
    }

    private Duration timeout() {
        return Duration.ofMillis(Math.max(1, (long) (1000 * timeout.value())));
    }

    /// The pods to scrape.
    private List<Target> targets() {
        var all = new ArrayList<Target>();
        targets(all, Source.PREFILL, prefillUrls);
        targets(all, Source.DECODE, decodeUrls);
        targets(all, Source.FRONTEND, frontendUrls);
        return all;
    }

    private static void targets(List<Target> into, Source source, List<String> urls) {
        for (String text : urls) {
            var uri = uri(source, text.strip());
            String path = uri.getRawPath();
            boolean bare = path == null || path.isEmpty() || path.equals("/");
            boolean usual = bare || path.equals("/metrics");
            into.add(
                    new Target(
                            source,
                            usual ? uri.getAuthority() : uri.getAuthority() + path,
                            bare
                                    ? uri.getScheme() + "://" + uri.getAuthority() + "/metrics"
                                    : uri.toString()));
        }
        long names = into.stream().filter(t -> t.source() == source).map(Target::url).count();
        long distinct =
                into.stream().filter(t -> t.source() == source).map(Target::url).distinct().count();
        if (distinct < names) {
            throw new IllegalArgumentException(
                    "--%s-url names one pod twice (%s); name each once."
                            .formatted(source.label(), String.join(", ", urls)));
        }
    }

    private static URI uri(Source source, String text) {
        if (!Access.concealedUrl(text).equals(text)) {
            throw new IllegalArgumentException(
                    "--%s-url (%s) must not hold a user or password; engines' metrics ask for none."
                            .formatted(source.label(), Access.concealedUrl(text)));
        }
        try {
            var uri = URI.create(text);
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException _) {
            // Said below, as for any other text that is no address.
        }
        throw new IllegalArgumentException(
                "--%s-url (%s) must be like http://10.0.0.7:8000/metrics."
                        .formatted(source.label(), text));
    }

    /// Which series are whose.
    Selectors selectors() {
        for (var each :
                Map.of("--prefill-selector", prefillSelector, "--decode-selector", decodeSelector)
                        .entrySet()) {
            if (each.getValue().isBlank()) {
                throw new IllegalArgumentException(
                        "%s is missing; metrics do not tell the roles apart. `ratematch doctor"
                                        .formatted(each.getKey())
                                + " --prometheus URL` alone lists the pods and their labels.");
            }
        }
        return new Selectors(prefillSelector, decodeSelector, frontendSelector);
    }

    /// Where to look.
    LiveSource.Place place() {
        return direct()
                ? new LiveSource.Place(targets(), timeout(), null, null, catalogue())
                : new LiveSource.Place(
                        List.of(),
                        timeout(),
                        settings(),
                        unselected() ? null : selectors(),
                        catalogue());
    }

    /// How to talk to Prometheus.
    private PrometheusSettings settings() {
        return access.of(PrometheusSettings.of(String.valueOf(prometheus)))
                .limits(Limits.DEFAULT.timeout(timeout()));
    }

    static String said(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
