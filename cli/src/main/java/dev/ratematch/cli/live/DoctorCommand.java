package dev.ratematch.cli.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ratematch.cli.Seconds;
import dev.ratematch.cli.ServiceOptions;
import dev.ratematch.cli.Terminal;
import dev.ratematch.controller.host.LiveSource;
import dev.ratematch.controller.host.SeenReplicas;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.recommend.Fitness;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.telemetry.doctor.Doctor;
import dev.ratematch.controller.telemetry.doctor.DoctorReport;
import dev.ratematch.controller.telemetry.doctor.Finding;
import dev.ratematch.controller.telemetry.doctor.Readiness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ratematch doctor`: whether metrics can be used, and what to change where they cannot.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Checks the metrics of a live system: whether each required series is present, "
                    + "fresh, labelled, of the right role and unit, and plausible. For each fault it "
                    + "says what to change.",
            "Read-only: it reads the pods' metrics or the query API of Prometheus.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  ratematch doctor --prometheus http://localhost:9090",
            "      lists the pods that expose an engine's metrics, with labels for selectors",
            "  ratematch doctor --prometheus http://localhost:9090 \\",
            "      --prefill-selector 'pod=~\"prefill-.*\"' \\",
            "      --decode-selector 'pod=~\"decode-.*\"'",
            "  ratematch doctor --prefill-url http://10.0.0.7:8000 \\",
            "      --decode-url http://10.0.0.8:8000,http://10.0.0.9:8000",
            "",
            "With --model, or all options of a service as for recommend, the pods are also "
                    + "checked against these.",
            "lacking: not a fault; the engine does not expose this metric, and another one "
                    + "is used instead.",
            "Exit codes: 0 healthy; 1 faults, or nothing can be read; 2 the command line is wrong.",
            "Next step: docs/recommend.md."
        })
public final class DoctorCommand implements Callable<Integer> {

    /// How far back a Prometheus is searched for a pod's last scrape, half of it.
    private static final double BACK_SECONDS = 300;

    private static final double PERCENTILE = 95;

    @Mixin private SourceOptions source = new SourceOptions();
    @Mixin private ServiceOptions service = new ServiceOptions();

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Seconds.Converter.class,
            description =
                    "Time range that recommend will query (its --window). Default: "
                            + "${DEFAULT-VALUE}.")
    private Seconds window = new Seconds(60);

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Output format: a table, or one JSON object. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.text;

    @Option(
            names = "--verbose",
            description = "Print every check of every pod, including those that passed.")
    private boolean verbose;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        Service asked;
        try {
            source.check();
            asked = asked();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), SourceOptions.said(e), e);
        }
        var vertx = Vertx.vertx();
        try (var live = new LiveSource(source.place(), vertx, new SimpleMeterRegistry())) {
            var problems = live.problems();
            if (!problems.isEmpty()) {
                return unreadable(problems);
            }
            if (source.unselected()) {
                spec.commandLine().getErr().println(unselected(live.engines()));
                spec.commandLine().getErr().flush();
                return CommandLine.ExitCode.USAGE;
            }
            return examined(live, asked);
        }
    }

    private static String unselected(List<String> engines) {
        return "--prefill-selector and --decode-selector are missing: metrics do not tell the roles"
                + " apart. Pods with an engine's metrics have these labels; give two selectors of"
                + " them:\n  "
                + String.join("\n  ", engines);
    }

    private int unreadable(List<String> problems) {
        if (format == Format.json) {
            var node = JsonNodeFactory.instance.objectNode().put("healthy", false);
            spec.commandLine().getOut().println(node.put("error", String.join("\n", problems)));
            spec.commandLine().getOut().flush();
        } else {
            problems.forEach(spec.commandLine().getErr()::println);
            spec.commandLine().getErr().flush();
        }
        return 1;
    }

    /// The service, where one is given to be checked too.
    private @Nullable Service asked() {
        return service.complete()
                ? ServiceFactory.create(
                        service.request(
                                "doctor", source.engine(), spec.commandLine().getErr()::println))
                : null;
    }

    /// Whether a finding has said it already.
    private static boolean said(String warning, Finding finding) {
        return !finding.fix().isEmpty() && warning.endsWith(finding.fix());
    }

    /// What `recommend` would read.
    private Snapshot asRecommended(LiveSource live, double now) {
        var telemetry = live.telemetry(PERCENTILE, window.value());
        return new SeenReplicas(telemetry, Map.of()).observe(now);
    }

    private int examined(LiveSource live, @Nullable Service asked) {
        double now = Clock.systemUTC().millis() / 1e3;
        var telemetry = live.telemetry(PERCENTILE, BACK_SECONDS);
        var snapshot = telemetry.observe(now);
        double fresh = source.direct() ? Doctor.FRESH_SECONDS : window.value();
        var identity = telemetry.identity();
        String model = asked == null ? service.model() : asked.model();
        var each =
                new ArrayList<>(Doctor.examine(LiveSource.patients(telemetry, now), fresh, model));
        if (asked != null) {
            var counted = new SeenReplicas(telemetry, Map.of()).counted(snapshot);
            Fitness.overBudget(asked.spec(), counted).ifPresent(each::add);
        }
        // Of pods that are scraped here there is one scrape only.
        var findings =
                source.direct() ? each : Readiness.with(each, identity, asRecommended(live, now));
        var notes = new ArrayList<>(identity.notes());
        snapshot.warnings().stream()
                .filter(w -> findings.stream().noneMatch(f -> w.endsWith(f.what())))
                .filter(w -> findings.stream().noneMatch(f -> said(w, f)))
                .forEach(notes::add);
        var report = new DoctorReport(live.title(), findings, identity, notes);
        var out = spec.commandLine().getOut();
        if (format == Format.json) {
            out.println(report.json());
        } else {
            out.print(report.text(Terminal.look(), verbose));
        }
        out.flush();
        return report.healthy() ? 0 : 1;
    }
}
