package dev.ratematch.harness.plant;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Small clusters and traces for tests.
public final class Plants {

    public static final long SECOND = 1_000_000_000L;

    private Plants() {}

    public static PlantSettings llama(int gpus) {
        var tp2 = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2");
        return PlantSettings.of(tp2, tp2, gpus);
    }

    public static PlantSettings with(
            PlantSettings s, KvLink link, double stepSpread, PoolShape prefill, PoolShape decode) {
        return new PlantSettings(
                prefill,
                decode,
                s.kvBytesPerToken(),
                s.layers(),
                link,
                s.gpus(),
                s.topology(),
                s.startUp(),
                s.drainGraceSeconds(),
                stepSpread,
                0,
                1,
                s.driftPerHour(),
                s.router(),
                s.prefixCacheShare(),
                s.seed());
    }

    /// No noise, so that times can be worked out by hand.
    public static PlantSettings exact(PlantSettings s) {
        return with(s, s.link(), 0, s.prefill(), s.decode());
    }

    public static PlantSettings withKv(PlantSettings s, long prefillKv, long decodeKv) {
        var p = s.prefill();
        var d = s.decode();
        return with(
                s,
                s.link(),
                0,
                new PoolShape(
                        p.gpus(), p.steps(), p.maxBatchedTokens(), p.maxSequences(), prefillKv),
                new PoolShape(
                        d.gpus(), d.steps(), d.maxBatchedTokens(), d.maxSequences(), decodeKv));
    }

    public static PlantSettings routed(PlantSettings s, PlantSettings.Router router) {
        return new PlantSettings(
                s.prefill(),
                s.decode(),
                s.kvBytesPerToken(),
                s.layers(),
                s.link(),
                s.gpus(),
                s.topology(),
                s.startUp(),
                s.drainGraceSeconds(),
                s.stepSpread(),
                s.stragglerShare(),
                s.stragglerFactor(),
                s.driftPerHour(),
                router,
                s.prefixCacheShare(),
                s.seed());
    }

    public static PlantSettings placed(PlantSettings s, Topology topology) {
        return new PlantSettings(
                s.prefill(),
                s.decode(),
                s.kvBytesPerToken(),
                s.layers(),
                s.link(),
                s.gpus(),
                topology,
                new StartUp(30, 0, 60, 0),
                s.drainGraceSeconds(),
                0,
                0,
                1,
                0,
                s.router(),
                s.prefixCacheShare(),
                s.seed());
    }

    public static Trace poisson(double perSecond, double seconds, int isl, int osl, long seed) {
        var random = new SplittableRandom(seed);
        var requests = new ArrayList<Request>();
        for (double at = 0; ; ) {
            at -= StrictMath.log(1 - random.nextDouble()) / perSecond;
            if (at >= seconds) {
                break;
            }
            int i = 1 + random.nextInt(2 * isl - 1);
            int o = 1 + random.nextInt(2 * osl - 1);
            requests.add(new Request((long) (at * SECOND), i, o, Request.NONE));
        }
        return new Trace("poisson", requests, (long) (seconds * SECOND));
    }

    public static Trace of(Request... requests) {
        var list = List.of(requests);
        return new Trace("few", list, list.getLast().arrivalNanos());
    }

    public static Request request(double atSeconds, int isl, int osl) {
        return new Request((long) (atSeconds * SECOND), isl, osl, Request.NONE);
    }

    public static Cluster running(PlantSettings settings, Trace trace, int prefill, int decode) {
        return scaled(new Cluster(settings, trace), prefill, decode);
    }

    /// The same with metrics to scrape.
    public static ExposedCluster exposed(
            PlantSettings settings, Trace trace, int prefill, int decode) {
        var exposed = new ExposedCluster(settings, trace);
        scaled(exposed.cluster(), prefill, decode);
        return exposed;
    }

    private static Cluster scaled(Cluster cluster, int prefill, int decode) {
        cluster.scale(Role.PREFILL, prefill);
        cluster.scale(Role.DECODE, decode);
        return cluster;
    }
}
