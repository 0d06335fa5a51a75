package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.units.Check;

/// The simulated cluster: what stands there and how it behaves.
///
/// @param prefill engine of the prefill pool
/// @param decode engine of the decode pool
/// @param kvBytesPerToken KV bytes of one token over a whole engine
/// @param layers layers of the model, for layer-wise transfer
/// @param link path of KV from prefill to decode
/// @param gpus GPUs in the cluster
/// @param topology how they are wired into hosts and NVLink domains
/// @param startUp from scheduled to serving
/// @param drainGraceSeconds how long a draining replica may take before it is killed, seconds
/// @param stepSpread relative standard deviation of step times, 0 to 0.3
/// @param stragglerShare share of replicas that are slow, 0 to 1
/// @param stragglerFactor how much slower those are, at least 1
/// @param driftPerHour relative change of every step time per hour
/// @param router how requests are spread over the replicas of a pool
/// @param prefixCacheShare share of a prefill replica's KV that keeps old prefixes, 0 to 1
/// @param roleSwitch how replicas change their role
/// @param seed of everything random
public record PlantSettings(
        PoolShape prefill,
        PoolShape decode,
        double kvBytesPerToken,
        int layers,
        KvLink link,
        int gpus,
        Topology topology,
        StartUp startUp,
        double drainGraceSeconds,
        double stepSpread,
        double stragglerShare,
        double stragglerFactor,
        double driftPerHour,
        Router router,
        double prefixCacheShare,
        RoleSwitch roleSwitch,
        long seed) {

    /// How requests are spread.
    public enum Router {
        /// In turn.
        ROUND_ROBIN,
        /// To the replica with the least work waiting.
        LEAST_LOADED,
        /// To the replica with the longest cached prefix, unless it is much busier than the idlest.
        PREFIX_AWARE
    }

    /// A cluster whose replicas keep their role.
    public PlantSettings(
            PoolShape prefill,
            PoolShape decode,
            double kvBytesPerToken,
            int layers,
            KvLink link,
            int gpus,
            Topology topology,
            StartUp startUp,
            double drainGraceSeconds,
            double stepSpread,
            double stragglerShare,
            double stragglerFactor,
            double driftPerHour,
            Router router,
            double prefixCacheShare,
            long seed) {
        this(
                prefill,
                decode,
                kvBytesPerToken,
                layers,
                link,
                gpus,
                topology,
                startUp,
                drainGraceSeconds,
                stepSpread,
                stragglerShare,
                stragglerFactor,
                driftPerHour,
                router,
                prefixCacheShare,
                RoleSwitch.NONE,
                seed);
    }

    public PlantSettings {
        if (roleSwitch.possible() && prefill.gpus() != decode.gpus()) {
            throw new IllegalArgumentException(
                    "engines of %d and %d GPUs cannot change into each other's role."
                            .formatted(prefill.gpus(), decode.gpus()));
        }
        Check.positive("kvBytesPerToken", kvBytesPerToken);
        Check.atLeast("layers", layers, 1);
        Check.atLeast("gpus", gpus, 1);
        Check.within("gpus of a prefill engine", prefill.gpus(), 1, topology.gpusPerDomain());
        Check.within("gpus of a decode engine", decode.gpus(), 1, topology.gpusPerDomain());
        Check.finiteAtLeast("drainGraceSeconds", drainGraceSeconds, 0);
        Check.within("stepSpread", stepSpread, 0, 0.3);
        Check.within("stragglerShare", stragglerShare, 0, 1);
        Check.finiteAtLeast("stragglerFactor", stragglerFactor, 1);
        Check.finiteAtLeast("driftPerHour", driftPerHour, -0.5);
        Check.within("prefixCacheShare", prefixCacheShare, 0, 1);
    }

    /// Settings for a pair of measured engines, the rest at its default: KV pulled at 50 GB/s per
    /// GPU, 60 s to start and 30 s more where the image is not there yet, 2 % step noise.
    public static PlantSettings of(
            MeasuredShapes.Shape prefill, MeasuredShapes.Shape decode, int gpus) {
        return new PlantSettings(
                new PoolShape(prefill.gpus(), prefill.steps(), 8192, 256, prefill.kvTokens()),
                new PoolShape(decode.gpus(), decode.steps(), 8192, 256, decode.kvTokens()),
                decode.kvBytesPerToken(),
                80,
                new KvLink(50e9, KvLink.Mode.PULL, 0.002),
                gpus,
                Topology.of(decode.gpu()),
                new StartUp(30, 0.2, 60, 0.1),
                1800,
                0.02,
                0.05,
                1.1,
                0,
                Router.LEAST_LOADED,
                0.5,
                1);
    }

    /// The same cluster with other randomness.
    public PlantSettings withSeed(long other) {
        return with(startUp, other);
    }

    /// The same cluster with another mean time to start an engine, seconds.
    public PlantSettings withStartUp(double seconds) {
        var other =
                new StartUp(
                        startUp.imagePullSeconds(),
                        startUp.imagePullSpread(),
                        seconds,
                        startUp.loadSpread());
        return with(other, seed);
    }

    /// The same cluster whose replicas change their role in another way.
    public PlantSettings withRoleSwitch(RoleSwitch other) {
        return new PlantSettings(
                prefill,
                decode,
                kvBytesPerToken,
                layers,
                link,
                gpus,
                topology,
                startUp,
                drainGraceSeconds,
                stepSpread,
                stragglerShare,
                stragglerFactor,
                driftPerHour,
                router,
                prefixCacheShare,
                other,
                seed);
    }

    /// The same cluster with another path of KV and another router.
    public PlantSettings linked(KvLink otherLink, Router otherRouter) {
        return new PlantSettings(
                prefill,
                decode,
                kvBytesPerToken,
                layers,
                otherLink,
                gpus,
                topology,
                startUp,
                drainGraceSeconds,
                stepSpread,
                stragglerShare,
                stragglerFactor,
                driftPerHour,
                otherRouter,
                prefixCacheShare,
                roleSwitch,
                seed);
    }

    /// The same cluster whose decode steps are those of one token under a speculation: what work
    /// costs there, for those who reckon it.
    public PlantSettings withDecodeSteps(Speculation speculation) {
        var engine =
                new PoolShape(
                        decode.gpus(),
                        speculation.perToken(decode.steps()),
                        decode.maxBatchedTokens(),
                        decode.maxSequences(),
                        decode.kvTokens());
        return new PlantSettings(
                prefill,
                engine,
                kvBytesPerToken,
                layers,
                link,
                gpus,
                topology,
                startUp,
                drainGraceSeconds,
                stepSpread,
                stragglerShare,
                stragglerFactor,
                driftPerHour,
                router,
                prefixCacheShare,
                roleSwitch,
                seed);
    }

    private PlantSettings with(StartUp otherStartUp, long otherSeed) {
        return new PlantSettings(
                prefill,
                decode,
                kvBytesPerToken,
                layers,
                link,
                gpus,
                topology,
                otherStartUp,
                drainGraceSeconds,
                stepSpread,
                stragglerShare,
                stragglerFactor,
                driftPerHour,
                router,
                prefixCacheShare,
                roleSwitch,
                otherSeed);
    }
}
