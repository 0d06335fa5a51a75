package dev.ratematch.cli;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.roleswitch.Protocol;
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
            "Plays a disaggregated deployment without any GPU: each pod serves the metrics of the"
                    + " engine of your choice on a port of its own, under traffic, on wall time.",
            "Prints where they are, what makes a Prometheus scrape them, and what to try then."
        },
        footer = {
            "",
            "Examples:",
            "  ratematch engines --engine sglang --port 9400",
            "  ratematch engines --engine sglang --role-switch sglang --switch-time 5s",
            "  ratematch engines --engine dynamo --prefill 1 --decode 6 --trace my.csv.gz",
            "",
            "Exit codes: 0 the traffic or --for has ended; 1 a port is taken or a file cannot be"
                    + " read; 2 an option is wrong."
        })
@SuppressWarnings("NullAway.Init")
public final class EnginesCommand implements Callable<Integer> {

    private static final String JOB = "ratematch-engines";

    @Spec private CommandSpec spec;

    @Option(
            names = "--engine",
            defaultValue = "vllm",
            paramLabel = "NAME",
            description =
                    "Whose metrics: vllm, sglang, trtllm or dynamo. Default: ${DEFAULT-VALUE}.")
    private String engine;

    @Option(
            names = "--frontend",
            paramLabel = "NAME",
            description =
                    "Whose metrics before them: none, dynamo or llm-d. Default: llm-d for trtllm,"
                            + " dynamo for dynamo, else none.")
    private @Nullable String frontend;

    @Option(
            names = "--port",
            defaultValue = "9400",
            paramLabel = "N",
            description =
                    "First of the ports: that of the API; the others follow. 0 for any. Default:"
                            + " ${DEFAULT-VALUE}.")
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
            description = "Requests to serve. Default: ${DEFAULT-VALUE}.")
    private String trace;

    @Mixin private TraceOptions reading = new TraceOptions();

    @Option(
            names = "--rate-scale",
            paramLabel = "K|auto",
            defaultValue = "auto",
            description =
                    "Copies of each request, any number above 0, or auto: the peak five minutes"
                            + " need 80 %% of the GPUs. Default: ${DEFAULT-VALUE}.")
    private String rateScale;

    @Option(
            names = "--for",
            converter = Seconds.Converter.class,
            paramLabel = "TIME",
            description = "End after so long. Default: when the traffic ends.")
    private @Nullable Seconds length;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of everything random. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--role-switch",
            paramLabel = "NAME",
            description =
                    "Lets pods change their role: sglang (POST /pd_role_switch), vllm (/v1/pd_role)"
                            + " or label (nobody to ask). Default: they keep it.")
    private @Nullable String roleSwitch;

    @Option(
            names = "--switch-time",
            converter = Seconds.Converter.class,
            defaultValue = "10s",
            paramLabel = "TIME",
            description =
                    "How long a drained pod takes to change its role; as long again for its first"
                            + " CUDA graphs of decode. Default: ${DEFAULT-VALUE}.")
    private Seconds switchTime;

    @Mixin private PlantOptions options = new PlantOptions();

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
        try (var plant = new WallClockPlant(exposed, new Ports(host, port), protocol)) {
            say(out, plant, traffic, dialect);
            if (protocol != null) {
                out.print(SwitchByHand.text(protocol, plant.targets(), plant.apiUrl()));
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
        var work = new PlantWork(settings, new Slo(2, 0.030, 95));
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
                "A Prometheus scrapes all of them with, below scrape_configs:%n%n%s%n",
                plant.scrapeConfig(JOB));
        out.printf("Then try, with its URL:%n%n");
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
