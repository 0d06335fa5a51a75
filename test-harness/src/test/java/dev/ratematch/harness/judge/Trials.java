package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Segment;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Small traces and the judge of a small cluster.
final class Trials {

    static final long SECOND = 1_000_000_000L;
    static final Slo SLO = new Slo(2, 0.03, 95);
    static final int GPUS = 8;

    private Trials() {}

    /// Prompts, then answers: the best ratio turns in the middle.
    static Trace turning() {
        var random = new SplittableRandom(3);
        var requests = new ArrayList<Request>();
        poisson(requests, random, 0, 300, 26, 4000, 40);
        poisson(requests, random, 300, 600, 45, 500, 900);
        return new Trace(
                "turning",
                requests,
                600 * SECOND,
                List.of(
                        new Segment("prompts", 0, 300 * SECOND),
                        new Segment("answers", 300 * SECOND, 600 * SECOND)));
    }

    static void poisson(
            List<Request> into,
            SplittableRandom random,
            double from,
            double to,
            double perSecond,
            int isl,
            int osl) {
        double at = from;
        while (true) {
            at -= StrictMath.log(1 - random.nextDouble()) / perSecond;
            if (at >= to) {
                return;
            }
            into.add(
                    new Request(
                            (long) (at * SECOND),
                            1 + random.nextInt(2 * isl - 1),
                            1 + random.nextInt(2 * osl - 1),
                            Request.NONE));
        }
    }

    /// The trace, its heaviest five minutes brought to 80 % of the cluster.
    static Trace scaled(Trace trace) {
        var work = new PlantWork(episode(trace).plant(), SLO);
        return RateScale.auto(trace, GPUS, work::gpus, 1).trace();
    }

    static Episode episode(Trace trace) {
        var tp2 = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2");
        return new Episode(PlantSettings.of(tp2, tp2, GPUS), trace, SLO, 15);
    }

    static Judge judge(Episode episode) {
        var pool = PoolRequest.spread("tp2");
        Service service =
                ServiceFactory.create(
                        ServiceRequest.builder("llama-3.1-70b", "b200", SLO, GPUS)
                                .precision("nvfp4")
                                .pools(pool, pool)
                                .build());
        return new Judge(episode, service.spec(), service.laws(), Progress.NONE);
    }
}
