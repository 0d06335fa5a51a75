package dev.ratematch.cli.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ratematch.cli.ConsoleAccessOptions;
import dev.ratematch.cli.JournalOptions;
import dev.ratematch.cli.Seconds;
import dev.ratematch.cli.ServiceOptions;
import dev.ratematch.cli.Terminal;
import dev.ratematch.controller.advice.AdviceJson;
import dev.ratematch.controller.advice.AdviceText;
import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.JsonLinesJournal;
import dev.ratematch.controller.host.LiveSource;
import dev.ratematch.controller.publish.Desk;
import dev.ratematch.controller.recommend.Session;
import dev.ratematch.controller.recommend.Stop;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.dashboards.console.Console;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ratematch recommend`: what the controller would do, against a live system and without any
/// rights on it.
@Command(
        name = "recommend",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Recommends how many prefill and decode replicas a live service should have, "
                    + "and says why. Reads Prometheus or the pods' own metrics; needs no rights on "
                    + "the cluster.",
            "Read-only. Replicas are counted from the pods seen in the metrics: a pod that "
                    + "answers is ready, a pod that is listed but does not answer is starting.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  ratematch recommend --prometheus http://localhost:9090 \\",
            "      --prefill-selector 'pod=~\"prefill-.*\"' \\",
            "      --decode-selector 'pod=~\"decode-.*\"' \\",
            "      --model llama-3.1-70b --gpu b200 --ttft 2s --itl 30ms \\",
            "      --gpus 32",
            "  ratematch recommend --prefill-url http://10.0.0.7:8000 \\",
            "      --decode-url http://10.0.0.8:8000 --service service.yaml \\",
            "      --watch --metrics-port 9464 --journal advice.jsonl",
            "",
            "With Prometheus the answer comes at once, from its history; pods scraped "
                    + "directly are scraped three times, --interval apart.",
            "Exit codes: 0 a recommendation was given, which may be no change; 1 no "
                    + "recommendation was possible, and why; 2 the command line is wrong;",
            "130 interrupted. If no recommendation is possible, run `ratematch doctor` with "
                    + "the same source.",
            "Guide: docs/recommend.md."
        })
public final class RecommendCommand implements Callable<Integer> {

    private static final double DIRECT_INTERVAL_SECONDS = 15;

    @Mixin private SourceOptions source = new SourceOptions();
    @Mixin private ServiceOptions service = new ServiceOptions();

    @Option(
            names = "--prefill-replicas",
            paramLabel = "N",
            description = "Prefill replicas, if they are not the pods seen in the metrics.")
    private @Nullable Integer prefillReplicas;

    @Option(
            names = "--decode-replicas",
            paramLabel = "N",
            description = "Decode replicas, as for prefill.")
    private @Nullable Integer decodeReplicas;

    @Option(
            names = "--watch",
            description =
                    "Repeat every --interval until interrupted: one line per cycle, and "
                            + "the full answer when it changes.")
    private boolean watch;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description = "Time between two cycles. Default: 15s; 60s with Prometheus.")
    private @Nullable Seconds interval;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description =
                    "Time range that one query of Prometheus covers; at least two "
                            + "scrape intervals. Default: 60s, or --interval if that is longer.")
    private @Nullable Seconds window;

    @Option(
            names = "--cycles",
            paramLabel = "N",
            description = "With --watch: stop after this many cycles.")
    private @Nullable Integer cycles;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description =
                    "Output format: text, or one JSON object per line. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.text;

    @Mixin private JournalOptions journal = new JournalOptions();

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description =
                    "With --watch: serve the desired replicas and the metrics for "
                            + "dashboards and alerts at /metrics (docs/metrics.md), and the "
                            + "console at /; 0 for any free port. While telemetry is unknown, the "
                            + "last good counts and their age are served.")
    private @Nullable Integer metricsPort;

    @Mixin private ConsoleAccessOptions seeing = new ConsoleAccessOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private boolean engineNamed;
    private @Nullable Round said;
    private boolean saidWhole;

    @Override
    public Integer call() throws IOException {
        var guesses = new Guesses(source, service);
        guesses.look(Clock.systemUTC().millis() / 1e3);
        var asked = checked();
        var console = console();
        var stop = new Stop();
        var hook = new Thread(stop::interrupt, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var vertx = Vertx.vertx();
        try (var written = journal();
                var live = new LiveSource(source.place(), vertx, registry);
                var desk = new Desk(vertx, registry, watch ? metricsPort : null, console)) {
            if (written != null) {
                desk.journal(written::writing);
            }
            if (watch && metricsPort != null) {
                say("Desired replicas at http://localhost:%d/metrics".formatted(desk.port()));
                say("Console: http://localhost:%d/".formatted(desk.port()));
            }
            var problems = live.problems();
            if (!problems.isEmpty() && !watch) {
                return unreadable(problems);
            }
            problems.forEach(this::say);
            return new Session(
                            this::serviceOf,
                            asked,
                            guesses.of(asked),
                            live,
                            written == null ? _ -> {} : (Journal) written,
                            desk,
                            stop,
                            Clock.systemUTC(),
                            timing(),
                            this::print,
                            this::say)
                    .run();
        } catch (IllegalStateException e) {
            say(SourceOptions.said(e));
            return 1;
        } finally {
            stop.ended();
            forget(hook);
        }
    }

    private Console console() {
        try {
            return new Console(seeing.access(), "recommend", true, Clock.systemUTC().millis());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // It is running already.
        }
    }

    private int unreadable(List<String> problems) {
        var out = spec.commandLine().getOut();
        if (format == Format.json) {
            problems.forEach(this::say);
            var node = JsonNodeFactory.instance.objectNode().put("tells", false);
            out.println(node.put("error", String.join("\n", problems)));
        } else {
            // An answer like any other: whoever keeps standard output only has the reason too.
            out.print(AdviceText.cannotTell(problems, Terminal.look()));
        }
        out.flush();
        return 1;
    }

    private Service checked() {
        try {
            source.check();
            journal.check();
            if (source.unselected()) {
                source.selectors();
            }
            if (cycles != null) {
                Check.atLeast("--cycles", cycles, 1);
            }
            replicas().forEach((role, n) -> Check.atLeast("--" + role.label() + "-replicas", n, 1));
            if (metricsPort != null && !watch) {
                throw new IllegalArgumentException(
                        "--metrics-port (%d) only works with --watch.".formatted(metricsPort));
            }
            var request = service.request("recommend", source.engine(), this::say);
            engineNamed = request.engine() != null;
            return ServiceFactory.create(request);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), SourceOptions.said(e), e);
        }
    }

    /// The same service with the engine that was found, where none was named.
    private Service serviceOf(String engine) {
        return ServiceFactory.create(service.request("recommend", engine, _ -> {}));
    }

    private EnumMap<Source, Integer> replicas() {
        var given = new EnumMap<Source, Integer>(Source.class);
        if (prefillReplicas != null) {
            given.put(Source.PREFILL, prefillReplicas);
        }
        if (decodeReplicas != null) {
            given.put(Source.DECODE, decodeReplicas);
        }
        return given;
    }

    private Session.Timing timing() {
        double usual = source.direct() ? DIRECT_INTERVAL_SECONDS : Session.WINDOW_SECONDS;
        double each = interval == null ? usual : interval.value();
        double covers =
                source.direct()
                        ? each
                        : window != null ? window.value() : Math.max(Session.WINDOW_SECONDS, each);
        int looks = !watch ? 1 : cycles == null ? Integer.MAX_VALUE : cycles;
        return new Session.Timing(each, covers, looks, source.direct(), !engineNamed, replicas());
    }

    /// Goes on where an earlier run ended; the cycles of the past are written too.
    private @Nullable JsonLinesJournal journal() {
        try {
            return journal.appending(this::say);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void print(Round round, boolean first, String title) {
        var out = spec.commandLine().getOut();
        if (format == Format.json) {
            out.println(AdviceJson.of(round));
        } else {
            var look = Terminal.look();
            if (first) {
                out.print(AdviceText.heading(round.service(), title, look));
            }
            boolean alike = said != null && AdviceText.alike(said, round);
            if (!alike) {
                out.print(AdviceText.of(round, look));
            } else {
                // A blank line between a whole answer and the first of those that are one line.
                out.print(saidWhole ? System.lineSeparator() : "");
                out.println(AdviceText.brief(round, look));
            }
            saidWhole = !alike;
            said = round;
        }
        out.flush();
    }

    private void say(String what) {
        var err = spec.commandLine().getErr();
        err.println(what);
        err.flush();
    }
}
