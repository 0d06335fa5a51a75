package dev.ratematch.harness.bench;

import dev.ratematch.costmodel.units.Check;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Speed of the cost model, one figure a line, measured by JMH: the median of the iterations of one
/// JVM a figure.
///
/// *Cold* compiles its configurations anew, *warm* has them. The first plan of a JVM, which no
/// warm-up helps, has its own line.
public final class ModelBench {

    private static final int ITERATIONS = 5;
    private static final double WARM_UP_SHARE = 1 / 3.0;
    private static final double MICROS = 1e6;
    private static final int[] BUDGETS = {72, 1152};

    private final double seconds;
    private final int forks;
    private final Consumer<String> line;

    /// A run.
    ///
    /// @param seconds to spend on one figure
    /// @param forks JVMs of a figure; 0 measures in this one
    /// @param line takes each figure
    public ModelBench(double seconds, int forks, Consumer<String> line) {
        Check.positive("--seconds", seconds);
        this.seconds = seconds;
        this.forks = forks;
        this.line = line;
    }

    /// Measures everything.
    public void run() {
        // Its lock would refuse whoever measures on a machine where somebody else once did.
        System.setProperty("jmh.ignoreLock", "true");
        milliseconds(
                "plan_72_first_in_jvm",
                options("planCold")
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1));
        designPoints(1);
        designPoints(2);
        milliseconds("compile_300", options("compile300"));
        for (int gpus : BUDGETS) {
            String budget = Integer.toString(gpus);
            milliseconds("plan_" + gpus + "_cold", options("planCold").param("gpus", budget));
            milliseconds("plan_" + gpus + "_warm", options("planWarm").param("gpus", budget));
        }
    }

    private ChainedOptionsBuilder options(String benchmark) {
        return new OptionsBuilder()
                .include("^%s\\.%s$".formatted(ModelBenchmarks.class.getName(), benchmark))
                .forks(forks)
                .warmupIterations(1)
                .warmupTime(time(seconds * WARM_UP_SHARE))
                .measurementIterations(ITERATIONS)
                .measurementTime(time(seconds * (1 - WARM_UP_SHARE) / ITERATIONS))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }

    private static TimeValue time(double seconds) {
        return TimeValue.microseconds(Math.max(1, Math.round(seconds * MICROS)));
    }

    private void designPoints(int threads) {
        var counted = measure(options("designPoints").threads(threads)).getSecondaryResults();
        double points = median(Objects.requireNonNull(counted.get("points"), "points"));
        line.accept(
                "design_points_per_s_%d_thread%s: %s 1/s"
                        .formatted(threads, threads == 1 ? "" : "s", power(points)));
    }

    private void milliseconds(String name, ChainedOptionsBuilder options) {
        line.accept(
                String.format(
                        Locale.ROOT,
                        "%s: %.2f ms",
                        name,
                        median(measure(options).getPrimaryResult())));
    }

    private static RunResult measure(ChainedOptionsBuilder options) {
        try {
            return new Runner(options.build()).runSingle();
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH could not measure: " + e.getMessage(), e);
        }
    }

    private static double median(Result<?> result) {
        return result.getStatistics().getPercentile(50);
    }

    private static String power(double value) {
        return String.format(Locale.ROOT, "%.2e", value).replace("e+0", "e").replace("e+", "e");
    }
}
