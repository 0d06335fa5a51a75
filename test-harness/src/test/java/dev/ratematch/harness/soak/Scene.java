package dev.ratematch.harness.soak;

import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.PoolShape;
import dev.ratematch.harness.plant.StartUp;
import dev.ratematch.harness.plant.Topology;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What a seed stands for: a fleet, what is promised, the traffic and the trouble.
///
/// @param steady whether load and lengths stay and nothing happens, so that the fleet must come to
///   rest
/// @param start replicas that serve from the beginning
/// @param cycleSeconds between two cycles
/// @param cycles of the run
record Scene(
        long seed,
        boolean steady,
        Fleet fleet,
        Trace trace,
        Sizes start,
        double cycleSeconds,
        int cycles,
        List<Fault> faults) {

    /// Cycles in which a steady fleet may settle.
    static final int SETTLING = 40;

    /// Cycles after which it must have moved once at most.
    static final int RESTING = 60;

    /// Of so many seeds one is steady.
    static final int STEADY_ONE_IN = 8;

    private static final List<Fault.Kind> KINDS = List.of(Fault.Kind.values());
    private static final List<PlantSettings.Router> ROUTERS =
            List.of(PlantSettings.Router.values());
    private static final int REQUESTS_MOST = 4000;
    private static final int STEADY_REQUESTS_MOST = 15_000;

    /// A grace that no drain of a run outlasts.
    static final double PATIENT_SECONDS = 36_000;

    private static final int INPUT_MOST = 30_000;
    private static final double SECOND = 1e9;

    /// Engines, budget and promise.
    ///
    /// @param cluster what really stands there: more GPUs than the budget
    /// @param budget GPUs
    /// @param least GPUs that it must hold
    /// @param tuning options of the law
    record Fleet(
            MeasuredShapes.Shape prefill,
            MeasuredShapes.Shape decode,
            PlantSettings cluster,
            Slo slo,
            int budget,
            int least,
            Tuning tuning) {

        /// The service as its operator writes it.
        ServiceRequest request(int budgetNow, Slo promise) {
            return ServiceRequest.builder(prefill.model(), prefill.gpu(), promise, budgetNow)
                    .precision(prefill.precision())
                    .engine(MeasuredShapes.ENGINE)
                    .pools(
                            PoolRequest.spread(prefill.parallel()),
                            PoolRequest.spread(decode.parallel()))
                    .build()
                    .controlled(Math.min(least, budgetNow), tuning);
        }

        int gpus(Sizes sizes) {
            return sizes.prefill() * prefill.gpus() + sizes.decode() * decode.gpus();
        }

        /// Fewest GPUs with which both roles serve.
        int smallest() {
            return prefill.gpus() + decode.gpus();
        }
    }

    /// The scene of a seed.
    static Scene of(long seed) {
        var dice = new SplittableRandom(seed);
        boolean steady = seed % STEADY_ONE_IN == 0;
        var fleet = fleet(dice, seed, steady);
        double cycle = steady ? 30 : new double[] {10, 15, 15, 30}[dice.nextInt(4)];
        int cycles = steady ? SETTLING + RESTING : 50 + dice.nextInt(31);
        var trace = trace(dice, fleet, steady, cycle * cycles);
        var faults = steady ? List.<Fault>of() : faults(dice, fleet, cycles);
        return new Scene(seed, steady, fleet, trace, start(dice, fleet), cycle, cycles, faults);
    }

    private static Fleet fleet(SplittableRandom dice, long seed, boolean steady) {
        var shapes =
                MeasuredShapes.all().stream()
                        .filter(s -> s.model().startsWith("llama") && s.gpus() <= 4)
                        .toList();
        var prefill = shapes.get(dice.nextInt(shapes.size()));
        var alike = shapes.stream().filter(s -> s.precision().equals(prefill.precision())).toList();
        var decode = alike.get(dice.nextInt(alike.size()));
        int replicas = 2 + dice.nextInt(7);
        int budget =
                prefill.gpus()
                        + decode.gpus()
                        + (replicas - 2) * Math.min(prefill.gpus(), decode.gpus())
                        + dice.nextInt(3);
        int host = Math.max(prefill.gpus(), decode.gpus()) * (dice.nextInt(3) == 0 ? 2 : 1);
        int hosts = 2 * budget / host + 5;
        double start = 10 + dice.nextInt(111);
        var slo =
                steady
                        ? new Slo(2 + dice.nextInt(4), 0.03 + dice.nextInt(5) * 0.01, 95)
                        : new Slo(
                                0.5 + dice.nextInt(10) * 0.5, 0.015 + dice.nextInt(10) * 0.005, 95);
        int least = dice.nextInt(4) == 0 ? dice.nextInt(budget + 1) : 0;
        var usual = PlantSettings.of(prefill, decode, hosts * host);
        var cluster =
                new PlantSettings(
                        shape(prefill),
                        shape(decode),
                        usual.kvBytesPerToken(),
                        usual.layers(),
                        usual.link(),
                        hosts * host,
                        new Topology(host, host),
                        new StartUp(dice.nextInt(60), 0.2, start, 0.2),
                        dice.nextInt(3) == 0 ? 30 : PATIENT_SECONDS,
                        0.02,
                        0.05,
                        1.1 + dice.nextInt(5) * 0.2,
                        0,
                        ROUTERS.get(dice.nextInt(ROUTERS.size())),
                        usual.prefixCacheShare(),
                        seed);
        var tuning = steady ? Tuning.DEFAULT : tuning(dice);
        return new Fleet(prefill, decode, cluster, slo, budget, least, tuning);
    }

    /// Some options at a fifth to twice of what they usually are.
    private static Tuning tuning(SplittableRandom dice) {
        var tuning = Tuning.DEFAULT;
        for (var option : Option.values()) {
            if (dice.nextInt(3) == 0) {
                double value = option.usual() * (0.2 + 1.8 * dice.nextDouble());
                tuning = tuning.with(option, option.usual() >= 10 ? Math.rint(value) : value);
            }
        }
        return tuning;
    }

    private static PoolShape shape(MeasuredShapes.Shape shape) {
        return new PoolShape(shape.gpus(), shape.steps(), 8192, 256, shape.kvTokens());
    }

    private static Sizes start(SplittableRandom dice, Fleet fleet) {
        var sizes = new Sizes(1, 1);
        while (true) {
            var next =
                    dice.nextBoolean()
                            ? new Sizes(sizes.prefill() + 1, sizes.decode())
                            : new Sizes(sizes.prefill(), sizes.decode() + 1);
            if (fleet.gpus(next) > fleet.budget()) {
                return sizes;
            }
            sizes = next;
        }
    }

    /// Poisson arrivals in one to four phases of other lengths and load.
    private static Trace trace(SplittableRandom dice, Fleet fleet, boolean steady, double seconds) {
        double most = (steady ? STEADY_REQUESTS_MOST : REQUESTS_MOST) / seconds;
        int phases = steady ? 1 : 1 + dice.nextInt(4);
        var requests = new ArrayList<Request>();
        double from = 0;
        for (int phase = 1; phase <= phases; phase++) {
            double until = seconds * phase / phases;
            int input = 500 << dice.nextInt(6);
            int output = 20 << dice.nextInt(7);
            double load = steady ? 0.2 + 0.5 * dice.nextDouble() : 1.5 * dice.nextDouble();
            double rate = load * fleet.budget() / gpuSeconds(fleet, input, output);
            while (rate > most && input < INPUT_MOST) {
                input *= 2;
                output *= 2;
                rate = load * fleet.budget() / gpuSeconds(fleet, input, output);
            }
            rate = Math.min(rate, most);
            boolean quiet = !steady && dice.nextInt(8) == 0;
            double at = from;
            while (!quiet) {
                at -= StrictMath.log(1 - dice.nextDouble()) / rate;
                if (at >= until) {
                    break;
                }
                requests.add(
                        new Request(
                                (long) (at * SECOND),
                                1 + dice.nextInt(2 * input - 1),
                                1 + dice.nextInt(2 * output - 1),
                                Request.NONE));
            }
            from = until;
        }
        if (requests.isEmpty()) {
            requests.add(new Request((long) (seconds / 2 * SECOND), 1000, 10, Request.NONE));
        }
        return new Trace("soak", requests, (long) (seconds * SECOND));
    }

    /// What a request costs in a decode batch of usual size.
    private static double gpuSeconds(Fleet fleet, int input, int output) {
        double batch = 32;
        var prefill = fleet.prefill();
        var decode = fleet.decode();
        double prompt = prefill.steps().prefillSeconds(input, (double) input * input);
        double step = decode.steps().decodeSeconds(batch, batch * (input + output / 2.0));
        return prefill.gpus() * prompt + decode.gpus() * output * step / batch;
    }

    private static List<Fault> faults(SplittableRandom dice, Fleet fleet, int cycles) {
        var faults = new ArrayList<Fault>();
        int count = dice.nextInt(6);
        for (int n = 0; n < count; n++) {
            var kind = KINDS.get(dice.nextInt(KINDS.size()));
            int from = 3 + dice.nextInt(cycles - 10);
            int size =
                    switch (kind) {
                        case BUDGET ->
                                fleet.smallest()
                                        + dice.nextInt(2 * fleet.budget() - fleet.smallest());
                        default -> dice.nextInt(100);
                    };
            faults.add(new Fault(kind, from, 1 + dice.nextInt(12), size));
        }
        return faults;
    }
}
