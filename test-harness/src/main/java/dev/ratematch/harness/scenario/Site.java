package dev.ratematch.harness.scenario;

import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.PlantSettings.Router;
import dev.ratematch.harness.plant.PoolShape;
import dev.ratematch.harness.plant.StartUp;
import dev.ratematch.harness.plant.StepTimes;

/// What stands there, and in what it differs from what our controller is told.
///
/// @param gpus the budget, which fills the cluster
/// @param parallel how an engine of either role is spread
/// @param startUpSeconds mean time to start an engine; the controller is told 60 s
/// @param prefillSlowness factor on prefill's step times that the cost model does not know of
/// @param decodeSlowness the same of decode
/// @param driftPerHour relative change of every step time an hour
/// @param kvTokens KV tokens of a decode engine; 0 for the measured one's
/// @param linkGbPerSecond KV bandwidth of one GPU, GB/s
/// @param router how requests are spread
public record Site(
        int gpus,
        String parallel,
        double startUpSeconds,
        double prefillSlowness,
        double decodeSlowness,
        double driftPerHour,
        long kvTokens,
        double linkGbPerSecond,
        Router router) {

    /// Lead time that the controller is told, seconds.
    public static final double LEAD_SECONDS = 60;

    /// Model of every scenario.
    public static final String MODEL = "llama-3.1-70b";

    /// Its GPU.
    public static final String GPU = "b200";

    /// Its precision.
    public static final String PRECISION = "nvfp4";

    /// How KV gets from prefill to decode in every scenario.
    static final KvLink.Mode LINK_MODE = KvLink.Mode.PULL;

    /// So many GPUs, engines of two, everything as it is told.
    public static Site of(int gpus) {
        return new Site(gpus, "tp2", LEAD_SECONDS, 1, 1, 0, 0, 50, Router.LEAST_LOADED);
    }

    /// The same with engines of another width.
    public Site spread(String other) {
        return new Site(
                gpus,
                other,
                startUpSeconds,
                prefillSlowness,
                decodeSlowness,
                driftPerHour,
                kvTokens,
                linkGbPerSecond,
                router);
    }

    /// The same with engines that start in another time.
    public Site starting(double seconds) {
        return new Site(
                gpus,
                parallel,
                seconds,
                prefillSlowness,
                decodeSlowness,
                driftPerHour,
                kvTokens,
                linkGbPerSecond,
                router);
    }

    /// The same with engines that are not as the cost model has them.
    public Site slower(double prefill, double decode, double drift) {
        return new Site(
                gpus,
                parallel,
                startUpSeconds,
                prefill,
                decode,
                drift,
                kvTokens,
                linkGbPerSecond,
                router);
    }

    /// The same with another KV capacity and another link.
    public Site holding(long tokens, double linkGb) {
        return new Site(
                gpus,
                parallel,
                startUpSeconds,
                prefillSlowness,
                decodeSlowness,
                driftPerHour,
                tokens,
                linkGb,
                router);
    }

    /// The same with another router.
    public Site routed(Router other) {
        return new Site(
                gpus,
                parallel,
                startUpSeconds,
                prefillSlowness,
                decodeSlowness,
                driftPerHour,
                kvTokens,
                linkGbPerSecond,
                other);
    }

    /// The cluster.
    public PlantSettings plant(long seed) {
        var shape = MeasuredShapes.named(MODEL, GPU, PRECISION, parallel);
        var usual = PlantSettings.of(shape, shape, gpus);
        return new PlantSettings(
                slowed(usual.prefill(), prefillSlowness, 0),
                slowed(usual.decode(), decodeSlowness, kvTokens),
                usual.kvBytesPerToken(),
                usual.layers(),
                new KvLink(linkGbPerSecond * 1e9, LINK_MODE, usual.link().latencySeconds()),
                gpus,
                usual.topology(),
                new StartUp(
                        usual.startUp().imagePullSeconds(),
                        usual.startUp().imagePullSpread(),
                        startUpSeconds,
                        usual.startUp().loadSpread()),
                usual.drainGraceSeconds(),
                usual.stepSpread(),
                usual.stragglerShare(),
                usual.stragglerFactor(),
                driftPerHour,
                router,
                usual.prefixCacheShare(),
                seed);
    }

    private static PoolShape slowed(PoolShape shape, double by, long kvTokens) {
        var s = shape.steps();
        var steps =
                new StepTimes(
                        s.prefillFloor() * by,
                        s.perToken() * by,
                        s.perSquare() * by,
                        s.decodeFloor() * by,
                        s.perSequence() * by,
                        s.perResident() * by);
        return new PoolShape(
                shape.gpus(),
                steps,
                shape.maxBatchedTokens(),
                shape.maxSequences(),
                kvTokens > 0 ? kvTokens : shape.kvTokens());
    }
}
