package dev.ratematch.harness.http;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Segment;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A small cluster under traffic that turns from long prompts to long answers.
final class Shows {

    static final Slo SLO = new Slo(2, 0.030, 95);
    static final int GPUS = 16;

    private static final long SECOND = 1_000_000_000L;
    private static final int HALF_SECONDS = 300;

    private Shows() {}

    static PlantSettings plant() {
        var tp2 = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2");
        return PlantSettings.of(tp2, tp2, GPUS);
    }

    static Service service() {
        var pool = PoolRequest.builder().gpus(2).parallel("tp2").leadTimeSeconds(60.0).build();
        return ServiceFactory.create(
                ServiceRequest.builder("llama-3.1-70b", "b200", SLO, GPUS)
                        .precision("nvfp4")
                        .pools(pool, pool)
                        .build());
    }

    static Trace trace() {
        var random = new SplittableRandom(7);
        var requests = new ArrayList<Request>();
        half(requests, random, 0, 26, 3000, 60);
        half(requests, random, HALF_SECONDS, 14, 500, 700);
        long half = HALF_SECONDS * SECOND;
        return new Trace(
                "turn",
                requests,
                2 * half,
                List.of(new Segment("prompts", 0, half), new Segment("answers", half, 2 * half)));
    }

    private static void half(
            List<Request> into, SplittableRandom random, int from, int rate, int isl, int osl) {
        for (int n = 0; n < rate * HALF_SECONDS; n++) {
            long at = from * SECOND + n * SECOND / rate;
            int i = isl / 2 + random.nextInt(isl);
            int o = osl / 2 + random.nextInt(osl);
            into.add(new Request(at, i, o, Request.NONE));
        }
    }
}
