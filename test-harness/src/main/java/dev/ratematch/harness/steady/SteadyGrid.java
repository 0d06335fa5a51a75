package dev.ratematch.harness.steady;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.MeasuredShapes.Shape;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.steady.SteadyLoad.Latencies;
import dev.ratematch.harness.steady.SteadyLoad.Mix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// The queueing law against the simulated cluster over a grid of engines, fleets, lengths and
/// loads.
///
/// The law is given the cluster's own step times, so that what is measured is the queueing and not
/// the price of a step; how far the two price a step apart is a table of its own.
///
/// @param shapes engines
/// @param replicas of both roles together, split so that the fleet carries most
/// @param mixes lengths
/// @param shares loads, as a share of what full iterations and full batches carry
/// @param seed of arrivals, lengths and step noise
public record SteadyGrid(
        List<Shape> shapes,
        List<Integer> replicas,
        List<Mix> mixes,
        List<Double> shares,
        long seed) {

    /// What docs/accuracy.md reports. The law was worked out on other lengths (512/2048, 1024/1024,
    /// 4096/512, 8192/1024), fleets of 4 and 16, and seed 1.
    public static final SteadyGrid REPORTED =
            new SteadyGrid(
                    List.of(
                            MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2"),
                            MeasuredShapes.named("llama-3.1-70b", "b200", "fp8", "tp8"),
                            MeasuredShapes.named("deepseek-r1", "gb200", "nvfp4", "dep4")),
                    List.of(3, 8, 24),
                    List.of(
                            new Mix(700, 300, 0),
                            new Mix(1500, 1500, 0.5),
                            new Mix(3000, 600, 0.5),
                            new Mix(6000, 1200, 0)),
                    List.of(0.2, 0.4, 0.6, 0.8),
                    3);

    private static final String END = System.lineSeparator();

    /// One cell.
    record Point(double share, Latencies predicted, Latencies simulated) {}

    /// How many cells there are.
    public int cells() {
        return shapes.size() * replicas.size() * mixes.size() * shares.size();
    }

    /// Works all cells out.
    ///
    /// @param progress told each cell's name
    List<Point> points(Consumer<String> progress) {
        var points = new ArrayList<Point>();
        for (var shape : shapes) {
            for (int count : replicas) {
                for (var mix : mixes) {
                    var plant = PlantSettings.of(shape, shape, count * shape.gpus());
                    var laws = laws(plant);
                    var load = balanced(plant, laws, count, mix);
                    double most = load.saturatedRequestsPerSecond(laws);
                    for (double share : shares) {
                        progress.accept("%s, %d replicas".formatted(shape.key(), count));
                        points.add(
                                new Point(
                                        share,
                                        load.predicted(laws, share * most),
                                        load.simulated(share * most, seed)));
                    }
                }
            }
        }
        return points;
    }

    /// The plant's own step times.
    private static Laws laws(PlantSettings plant) {
        return new Laws(
                plant.prefill().steps()::prefillSeconds, plant.decode().steps()::decodeSeconds);
    }

    private static SteadyLoad balanced(PlantSettings plant, Laws laws, int replicas, Mix mix) {
        var best = new SteadyLoad(plant, 1, replicas - 1, mix);
        for (int p = 2; p < replicas; p++) {
            var other = new SteadyLoad(plant, p, replicas - p, mix);
            if (other.saturatedRequestsPerSecond(laws) > best.saturatedRequestsPerSecond(laws)) {
                best = other;
            }
        }
        return best;
    }

    /// Median of the absolute relative errors of a latency.
    static double medianError(List<Point> points, ToDoubleFunction<Latencies> of) {
        return errors(points, of, 0.5);
    }

    private static double errors(
            List<Point> points, ToDoubleFunction<Latencies> of, double quantile) {
        double[] errors =
                points.stream()
                        .mapToDouble(
                                p ->
                                        Math.abs(
                                                of.applyAsDouble(p.predicted())
                                                                / of.applyAsDouble(p.simulated())
                                                        - 1))
                        .sorted()
                        .toArray();
        return errors[(int) Math.ceil(quantile * errors.length) - 1];
    }

    /// Two sections of Markdown: the grid, and what a step costs in either model.
    ///
    /// @param progress told what is being worked out
    public String markdown(Consumer<String> progress) {
        var points = points(progress);
        var text = new StringBuilder();
        text.append(END)
                .append("## Queueing, against the simulated cluster")
                .append(END)
                .append(END)
                .append(
                        ("TTFT and ITL of fleets that do not change, Poisson arrivals, by the law that the controller"
                                        + " and `plan --rate` size with, given the cluster's own step times: %d"
                                        + " engines, fleets of %s replicas, %d mixes of lengths, seed %d. Load is a"
                                        + " share of what full iterations and full batches carry. Median error of the"
                                        + " cells, their 90th percentile behind it.")
                                .formatted(
                                        shapes.size(),
                                        String.join(
                                                ", ",
                                                replicas.stream().map(String::valueOf).toList()),
                                        mixes.size(),
                                        seed))
                .append(END)
                .append(END)
                .append("| load | cells | TTFT p50 | TTFT p95 | ITL p50 | ITL p95 |")
                .append(END)
                .append("|---|---|---|---|---|---|")
                .append(END);
        for (double share : shares) {
            row(text, percent(share), points.stream().filter(p -> p.share() == share).toList());
        }
        row(text, "all", points);
        return text.append(prices()).toString();
    }

    private static void row(StringBuilder text, String name, List<Point> points) {
        text.append("| %s | %d |".formatted(name, points.size()));
        for (ToDoubleFunction<Latencies> of :
                List.<ToDoubleFunction<Latencies>>of(
                        Latencies::ttft50, Latencies::ttft95, Latencies::itl50, Latencies::itl95)) {
            text.append(
                    " %s, %s |"
                            .formatted(
                                    precise(errors(points, of, 0.5)),
                                    precise(errors(points, of, 0.9))));
        }
        text.append(END);
    }

    /// How far the planner's price of a step lies from the cluster's.
    private String prices() {
        var text = new StringBuilder();
        text.append(END)
                .append("## One engine, two prices")
                .append(END)
                .append(END)
                .append(
                        "`plan` prices a step by measurements of kernels, `simulate` by fits to whole"
                                + " engines ([plant.md](plant.md)): they share no equation, so that the"
                                + " controller is proved on engines that are not what it believes. A fleet that"
                                + " `plan` sizes therefore meets other latencies in `simulate`, by these factors"
                                + " (planner over cluster); with real engines the controller learns its own.")
                .append(END)
                .append(END)
                .append(
                        "| engine | prefill of 1,024 tokens | of 8,192 | decode step of 8 x 4,096 tokens | of 64 x"
                                + " 4,096 | of 128 x 2,048 |")
                .append(END)
                .append("|---|---|---|---|---|---|")
                .append(END);
        for (var shape : MeasuredShapes.all()) {
            var steps = shape.steps();
            var model = planned(shape);
            double[] factors = {
                model.prefill().iterationSeconds(1024, 1024.0 * 1024)
                        / steps.prefillSeconds(1024, 1024.0 * 1024),
                model.prefill().iterationSeconds(8192, 8192.0 * 8192)
                        / steps.prefillSeconds(8192, 8192.0 * 8192),
                model.decode().stepSeconds(8, 8 * 4096) / steps.decodeSeconds(8, 8 * 4096),
                model.decode().stepSeconds(64, 64 * 4096) / steps.decodeSeconds(64, 64 * 4096),
                model.decode().stepSeconds(128, 128 * 2048) / steps.decodeSeconds(128, 128 * 2048)
            };
            text.append("| %s |".formatted(shape.key()));
            Arrays.stream(factors)
                    .forEach(f -> text.append(String.format(Locale.ROOT, " %.2f |", f)));
            text.append(END);
        }
        return text.toString();
    }

    private static Laws planned(Shape shape) {
        var pool = PoolRequest.spread(shape.parallel());
        return ServiceFactory.create(
                        ServiceRequest.builder(
                                        shape.model(),
                                        shape.gpu(),
                                        new Slo(2, 0.03, 95),
                                        2 * shape.gpus())
                                .precision(shape.precision())
                                .engine(MeasuredShapes.ENGINE)
                                .pools(pool, pool)
                                .build())
                .laws();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String precise(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
