package dev.ratematch.harness.bench;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.InProcess;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What is measured, made ready: Llama-3.1-70B on B200, 2 s and 30 ms at p95, prompts of 1500 and
/// answers of 250 tokens on average. Seeded, so that every build measures the same work.
final class Subjects {

    private static final long SECOND = 1_000_000_000L;
    private static final long SEED = 20261124;
    private static final String MODEL = "llama-3.1-70b";
    private static final String GPU = "b200";
    private static final Slo SLO = new Slo(2, 0.030, 95);
    private static final int INPUT_TOKENS = 1500;
    private static final int OUTPUT_TOKENS = 250;
    private static final int GPUS = 32;
    private static final int PREFILL = 6;
    private static final int DECODE = 10;
    static final double CYCLE_SECONDS = 15;
    private static final int CYCLES = 16;

    /// A cycle as it was met: the state before it and what was seen.
    record Cycle(State before, Snapshot snapshot) {}

    private Subjects() {}

    static Trace trace(double perSecond, int seconds) {
        var random = new SplittableRandom(SEED);
        var requests = new ArrayList<Request>();
        double at = -StrictMath.log(1 - random.nextDouble()) / perSecond;
        while (at < seconds) {
            int input = 1 + random.nextInt(2 * INPUT_TOKENS - 1);
            int output = 1 + random.nextInt(2 * OUTPUT_TOKENS - 1);
            requests.add(new Request((long) (at * SECOND), input, output, Request.NONE));
            at -= StrictMath.log(1 - random.nextDouble()) / perSecond;
        }
        return new Trace("bench", requests, seconds * SECOND);
    }

    static ExposedCluster exposed(Trace trace) {
        var shape = MeasuredShapes.named(MODEL, GPU, "nvfp4", "tp2");
        var exposed = new ExposedCluster(PlantSettings.of(shape, shape, GPUS), trace);
        exposed.cluster().scale(Role.PREFILL, PREFILL);
        exposed.cluster().scale(Role.DECODE, DECODE);
        return exposed;
    }

    /// Runs a cluster until the last request is through.
    static Cluster served(Trace trace) {
        var cluster = exposed(trace).cluster();
        cluster.runUntil(trace.durationNanos() + 600 * SECOND);
        return cluster;
    }

    static Service service(int gpus) {
        return ServiceFactory.create(
                ServiceRequest.builder(MODEL, GPU, SLO, gpus).precision("nvfp4").build());
    }

    /// The cycles of a service on a cluster whose scale is not commanded.
    static List<Cycle> cycles(Service service) {
        var exposed = exposed(trace(60, (int) (CYCLES * CYCLE_SECONDS)));
        var cluster = exposed.cluster();
        var host = new InProcess(exposed);
        var telemetry =
                new EngineTelemetry(host, host::targets, host, SLO.percentile(), CYCLE_SECONDS);
        var cycles = new ArrayList<Cycle>();
        var loop = ControlLoop.of(service, State.INITIAL, null, Journal.NONE);
        for (int n = 1; n <= CYCLES; n++) {
            cluster.runUntil(Math.round(n * CYCLE_SECONDS * SECOND));
            var snapshot = telemetry.observe(n * CYCLE_SECONDS);
            cycles.add(new Cycle(loop.state(), snapshot));
            loop.decide(snapshot, Orders.CONTROL);
        }
        return cycles;
    }

    /// The metric text of a decode pod in the midst of its work.
    static String scrape() {
        var exposed = exposed(trace(60, 30));
        var cluster = exposed.cluster();
        cluster.runUntil(20 * SECOND);
        var body = exposed.scrape(cluster.podNames(Role.DECODE).getFirst());
        if (body == null) {
            throw new IllegalStateException("a decode pod that was just listed serves no metrics");
        }
        return body;
    }

    /// One plan for a demand that about fills the budget: capacity tables and the integer solve.
    static double plan(Service service, int gpus, int turn) {
        double rate = gpus * (2 + turn % 8 * 0.1);
        var load =
                new WorkloadEstimate(
                        rate,
                        INPUT_TOKENS,
                        INPUT_TOKENS,
                        0.33,
                        OUTPUT_TOKENS,
                        0.33,
                        1,
                        1,
                        1,
                        0,
                        0,
                        0,
                        4);
        var capacity = new Capacity(service.spec(), service.laws(), load);
        return Planner.solve(service.spec(), capacity, new Demand(rate, rate)).prefill();
    }
}
