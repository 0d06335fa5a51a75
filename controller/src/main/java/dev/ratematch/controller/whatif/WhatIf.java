package dev.ratematch.controller.whatif;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.plan.Sizing;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.whatif.Frontier.Point;
import java.util.ArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Answers what-if questions by the capacity and the planner that decisions are made with, with
/// what was learnt of the engines by then.
///
/// @param service as it is controlled
/// @param learnt corrections of its step times
/// @param seen the traffic as it is expected; null where none was seen
public record WhatIf(Service service, Calibration learnt, @Nullable WorkloadEstimate seen) {

    /// Fleet sizes on a frontier: enough for a curve, few enough to be worked out while somebody
    /// waits.
    private static final int POINTS_MAX = 64;

    /// Lengths of which only the mean is said are taken to vary like this, squared coefficient of
    /// variation; the estimator takes the same for lengths whose spread is not seen.
    private static final double CV2_UNSEEN = 1;

    /// Plans for what is asked.
    ///
    /// @throws IllegalArgumentException if there is nothing to plan for, or no fleet fits
    public Answer answer(Question asked) {
        var load = load(asked);
        var now = service.spec().slo();
        var slo =
                new Slo(
                        Objects.requireNonNullElse(asked.ttftSeconds(), now.ttftSeconds()),
                        Objects.requireNonNullElse(asked.itlSeconds(), now.itlSeconds()),
                        now.percentile());
        int gpus = Objects.requireNonNullElse(asked.gpus(), service.spec().budgetGpus());
        var other = ServiceFactory.create(service.request().promising(slo).budgeting(gpus));
        var spec = other.spec();
        var capacity = learnt.capacity(spec, other.laws(), load);
        var expected = learnt.expected(spec, other.laws(), load);
        var plan = Planner.solve(spec, capacity, demand(spec, load));
        double rate = load.requestsPerSecond();
        return new Answer(
                slo,
                gpus,
                load,
                plan,
                expected.ttftSeconds(plan.prefill(), rate * (1 - load.localPrefillShare())),
                expected.itlSeconds(plan.decode(), rate));
    }

    /// The most that each size of fleet carries of the traffic that is expected, up to the budget.
    ///
    /// @param today replicas that are commanded; null where they are unknown
    /// @throws IllegalArgumentException if no traffic was seen
    public Frontier frontier(@Nullable Sizes today) {
        var load = load(Question.NONE);
        var spec = service.spec();
        var capacity = learnt.capacity(spec, service.laws(), load);
        // More than any fleet within the budget carries, so that the most is found.
        double all = 2 * Planner.carries(capacity, biggest(spec));
        var beyond = new Demand(all, all);
        int least = spec.gpus(spec.prefill().minReplicas(), spec.decode().minReplicas());
        int step = Math.max(1, Math.ceilDiv(spec.budgetGpus() - least, POINTS_MAX - 1));
        var points = new ArrayList<Point>();
        for (int gpus = least; ; gpus = Math.min(spec.budgetGpus(), gpus + step)) {
            var pair = Planner.solve(spec.within(gpus), capacity, beyond).sizes();
            var point = new Point(pair, spec.gpus(pair), Planner.carries(capacity, pair));
            if (points.isEmpty()
                    || point.requestsPerSecond() > points.getLast().requestsPerSecond()) {
                points.add(point);
            }
            if (gpus >= spec.budgetGpus()) {
                break;
            }
        }
        return new Frontier(
                points,
                today == null || today.prefill() < 1 || today.decode() < 1
                        ? null
                        : new Point(today, spec.gpus(today), Planner.carries(capacity, today)),
                demand(spec, load).requestsPerSecond());
    }

    private static Sizes biggest(ServiceSpec spec) {
        int prefill = spec.prefillBeside(spec.decode().minReplicas());
        int decode = spec.decodeBeside(spec.prefill().minReplicas());
        return new Sizes(Math.max(1, prefill), Math.max(1, decode));
    }

    /// With the margin of decisions; there is no backlog in what is only asked.
    private static Demand demand(ServiceSpec spec, WorkloadEstimate load) {
        return new Sizing(spec).demand(load, Snapshot.unknown(0, "asked, not seen"));
    }

    private WorkloadEstimate load(Question asked) {
        var now = seen;
        if (now == null) {
            return unseen(asked);
        }
        double input = Objects.requireNonNullElse(asked.inputTokens(), now.inputTokens());
        double computed =
                asked.inputTokens() == null
                        ? now.uncachedInputTokens()
                        : input * Math.min(1, now.uncachedInputTokens() / now.inputTokens());
        return new WorkloadEstimate(
                Objects.requireNonNullElse(asked.requestsPerSecond(), now.requestsPerSecond()),
                input,
                computed,
                now.inputCv2(),
                Objects.requireNonNullElse(asked.outputTokens(), now.outputTokens()),
                now.outputCv2(),
                now.dispersion(),
                now.dispersionSeconds(),
                now.acceptLength(),
                now.localPrefillShare(),
                0,
                0,
                now.windows(),
                now.sequencesPerRequest());
    }

    private static WorkloadEstimate unseen(Question asked) {
        var rate = asked.requestsPerSecond();
        var input = asked.inputTokens();
        var output = asked.outputTokens();
        if (rate == null || input == null || output == null) {
            throw new IllegalArgumentException(
                    "requests_per_s, isl and osl must be given: no traffic has been seen that"
                            + " could stand in for them.");
        }
        return new WorkloadEstimate(
                rate, input, input, CV2_UNSEEN, output, CV2_UNSEEN, 1, 1, 1, 0, 0, 0, 1);
    }
}
