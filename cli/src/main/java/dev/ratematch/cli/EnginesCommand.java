package dev.ratematch.cli;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.http.Ports;
import dev.ratematch.harness.http.WallClockPlant;
import dev.ratematch.harness.judge.PlantWork;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.RoleSwitch;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Engines without GPUs, to point `doctor` and `recommend` at.
@Command(
        name = "engines",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Simulates a disaggregated deployment without GPUs, in real time: each pod "
                    + "serves the metrics of the chosen engine on its own port while it handles "
                    + "traffic.",
            "Prints the addresses, a Prometheus scrape configuration, and commands to try "
                    + "next."
        },
        footer = {
            "",
            "Examples:",
            "  ratematch engines --engine sglang --port 9400",
            "  ratematch engines --engine sglang --role-switch sglang --switch-time 5s",
            "  ratematch engines --console-port 8088",
            "  ratematch engines --engine dynamo --prefill 1 --decode 6 --trace my.csv.gz",
            "",
            "Exit codes: 0 the traffic or --for has ended; 1 a port is in use or a file "
                    + "cannot be read; 2 an option is wrong."
        })
@SuppressWarnings("NullAway.Init")
public final class EnginesCommand implements Callable<Integer> {

    private static final String JOB = "ratematch-engines";

    /// Which traffic is scaled to, and which is suggested to those who look.
    private static final Slo PROMISE = new Slo(2, 0.030, 95);

    @Spec private CommandSpec spec;

    @Option(
            names = "--engine",
            defaultValue = "vllm",
            paramLabel = "NAME",
            description =
                    "Engine whose metrics the pods serve: vllm, sglang, trtllm or "
                            + "dynamo. Default: ${DEFAULT-VALUE}.")
    private String engine;

    @Option(
            names = "--frontend",
            paramLabel = "NAME",
            description =
                    "Frontend whose metrics are served: none, dynamo or llm-d. Default: "
                            + "llm-d for trtllm, dynamo for dynamo, else none.")
    private @Nullable String frontend;

    @Option(
            names = "--port",
            defaultValue = "9400",
            paramLabel = "N",
            description =
                    "Port of the API; the pods use the ports after it. 0 for any free "
                            + "ports. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--prefill",
            defaultValue = "2",
            paramLabel = "N",
            description = "Prefill replicas. Default: ${DEFAULT-VALUE}.")
    private int prefill;

    @Option(
            names = "--decode",
            defaultValue = "4",
            paramLabel = "N",
            description = "Decode replicas. Default: ${DEFAULT-VALUE}.")
    private int decode;

    @Option(
            names = "--gpus",
            paramLabel = "N",
            defaultValue = "16",
            description = Vocabulary.GPUS + " Default: ${DEFAULT-VALUE}.")
    private int gpus;

    @Option(
            names = "--model",
            defaultValue = "llama-3.1-70b",
            description = "Model. Default: ${DEFAULT-VALUE}.")
    private String model;

    @Option(names = "--gpu", defaultValue = "b200", description = "GPU. Default: ${DEFAULT-VALUE}.")
    private String gpu;

    @Option(
            names = "--trace",
            defaultValue = "gen:phase-inversion",
            paramLabel = "FILE|gen:NAME",
            description =
                    "Traffic: a trace file, or gen:NAME for a generator. Default: ${DEFAULT-VALUE}.")
    private String trace;

    @Mixin private TraceOptions reading = new TraceOptions();

    @Option(
            names = "--rate-scale",
            paramLabel = "K|auto",
            defaultValue = "auto",
            description =
                    "Copies of each request (any number above 0), or auto: as many as "
                            + "make the busiest five minutes need 80 %% of the GPUs. Default: "
                            + "${DEFAULT-VALUE}.")
    private String rateScale;

    @Option(
            names = "--for",
            converter = Seconds.Converter.class,
            paramLabel = "TIME",
            description = "Stop after this time. Default: when the traffic ends.")
    private @Nullable Seconds length;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Random seed. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--role-switch",
            paramLabel = "NAME",
            description =
                    "Let pods switch roles: by sglang (POST /pd_role_switch), vllm "
                            + "(/v1/pd_role) or label (no request to the engine). Default: pods "
                            + "keep their role.")
    private @Nullable String roleSwitch;

    @Option(
            names = "--switch-time",
            converter = Seconds.Converter.class,
            defaultValue = "10s",
            paramLabel = "TIME",
            description =
                    "Time that a drained pod takes to switch roles; its first switch to "
                            + "decode takes twice as long (CUDA graphs). Default: "
                            + "${DEFAULT-VALUE}.")
    private Seconds switchTime;

    @Mixin private PlantOptions options = new PlantOptions();

    @Mixin private ConsoleServerOptions consoles = new ConsoleServerOptions();

    @Override
    public Integer call() throws IOException {
        try {
            return play(spec.commandLine().getOut());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (IllegalStateException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    private int play(PrintWriter out) throws IOException {
        var dialect = Dialect.named(engine, frontend);
        var protocol = protocol();
        var plain = options.plant(model, gpu, options.precision(model, _ -> {}), gpus, seed);
        var settings =
                protocol == null
                        ? plain
                        : plain.withRoleSwitch(RoleSwitch.taking(switchTime.value(), 1));
        checkFits(settings);
        var traffic = traffic(settings);
        var exposed = new ExposedCluster(settings, traffic, dialect);
        var cluster = exposed.cluster();
        cluster.scale(Role.PREFILL, prefill);
        cluster.scale(Role.DECODE, decode);
        double seconds = length == null ? traffic.seconds() : length.value();
        try (var plant = new WallClockPlant(exposed, new Ports(host, port), protocol);
                var console =
                        EnginesConsole.open(consoles, () -> served(dialect), plant.targets())) {
            say(out, plant, traffic, dialect);
            if (protocol != null) {
                out.print(SwitchByHand.text(protocol, plant.targets(), plant.apiUrl()));
                out.flush();
            }
            if (console != null) {
                out.printf("Console: %s%n", console.url());
                out.flush();
            }
            plant.go();
            var never = new CountDownLatch(1);
            var _ = never.await(Math.round(seconds * 1000), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        out.printf(Locale.ROOT, "Over after %.0f s.%n", seconds);
        out.flush();
        return 0;
    }

    private @Nullable Protocol protocol() {
        if (roleSwitch == null) {
            return null;
        }
        for (var protocol : Protocol.values()) {
            if (protocol.label().equals(roleSwitch)) {
                return protocol;
            }
        }
        throw new IllegalArgumentException(
                "--role-switch (%s) must be sglang, vllm or label.".formatted(roleSwitch));
    }

    /// What is played, under the promise that is suggested below.
    private Service served(Dialect dialect) {
        return ServiceFactory.create(
                ServiceRequest.builder(model, gpu, PROMISE, gpus)
                        .precision(options.precision(model, _ -> {}))
                        .engine(dialect.engine().label())
                        .pools(pool(Role.PREFILL), pool(Role.DECODE))
                        .build());
    }

    private PoolRequest pool(Role role) {
        return PoolRequest.builder()
                .parallel(options.parallel(role, model))
                .maxBatchedTokens(options.maxBatchedTokens)
                .maxSequences(options.maxSequences)
                .build();
    }

    private void checkFits(PlantSettings settings) {
        int wanted = prefill * settings.prefill().gpus() + decode * settings.decode().gpus();
        if (prefill < 1 || decode < 1 || wanted > gpus) {
            throw new IllegalArgumentException(
                    "--prefill (%d) and --decode (%d) must be at least 1 and fit in --gpus (%d); they need %d x %d + %d x %d = %d."
                            .formatted(
                                    prefill,
                                    decode,
                                    gpus,
                                    prefill,
                                    settings.prefill().gpus(),
                                    decode,
                                    settings.decode().gpus(),
                                    wanted));
        }
    }

    private Trace traffic(PlantSettings settings) throws IOException {
        var source = reading.load(trace, seed, spec.commandLine().getErr());
        var work = new PlantWork(settings, PROMISE);
        return RateScale.named(source, rateScale, gpus, work::gpus, seed).trace();
    }

    private void say(PrintWriter out, WallClockPlant plant, Trace traffic, Dialect dialect) {
        var targets = plant.targets();
        out.printf(
                "%s on %s, simulated: %d prefill and %d decode replicas with the metrics of %s, %s.%n",
                model,
                gpu,
                prefill,
                decode,
                dialect.engine().label(),
                dialect.frontend() == Dialect.Frontend.NONE
                        ? "without a frontend"
                        : "behind the frontend of " + dialect.frontend().label());
        out.printf(
                Locale.ROOT,
                "Traffic: %s, %d requests in %.0f s.%n%n",
                traffic.name(),
                traffic.requests().size(),
                traffic.seconds());
        for (var target : targets) {
            out.printf("  %-10s %s%n", target.pod(), target.url());
        }
        out.printf(
                "  %-10s %s (/pods, /sd for Prometheus, GET and PUT /scale/prefill and"
                        + " /scale/decode)%n%n",
                "API", plant.apiUrl());
        out.printf(
                "To scrape all of them with Prometheus, add below scrape_configs:%n%n%s%n",
                plant.scrapeConfig(JOB));
        out.printf("Then try, with the URL of that Prometheus:%n%n");
        out.printf("  ratematch doctor %s%n", prometheus(dialect));
        out.printf("  ratematch recommend %s%s%n%n", prometheus(dialect), service());
        out.printf("Or without a Prometheus:%n%n");
        out.printf("  ratematch doctor %s%n", pods(targets));
        out.printf("  ratematch recommend %s%s%n%n", pods(targets), service());
        out.flush();
    }

    private static String prometheus(Dialect dialect) {
        return "--prometheus http://localhost:9090"
                + selector(Source.PREFILL)
                + selector(Source.DECODE)
                + (dialect.frontend() == Dialect.Frontend.NONE ? "" : selector(Source.FRONTEND));
    }

    private static String selector(Source source) {
        return " \\%n      --%s-selector 'job=\"%s\",role=\"%s\"'"
                .formatted(source.label(), JOB, source.label());
    }

    private static String pods(List<Target> targets) {
        return targets.stream()
                .map(t -> "--%s-url %s".formatted(t.source().label(), t.url()))
                .collect(Collectors.joining(" \\%n      ".formatted()));
    }

    private String service() {
        return " \\%n      --model %s --gpu %s --precision %s --ttft 2s --itl 30ms --gpus %d \\%n      --prefill-parallel %s --decode-parallel %s"
                .formatted(
                        model,
                        gpu,
                        options.precision(model, _ -> {}),
                        gpus,
                        options.parallel(Role.PREFILL, model),
                        options.parallel(Role.DECODE, model));
    }
}
