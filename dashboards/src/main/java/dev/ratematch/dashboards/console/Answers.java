package dev.ratematch.dashboards.console;

import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.whatif.Answer;
import dev.ratematch.controller.whatif.Frontier;
import dev.ratematch.dashboards.view.Pair;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What was asked beyond the cycles, as JSON has it; null is without bound.
final class Answers {

    private Answers() {}

    /// A plan.
    ///
    /// @param tookMillis that it took to work out
    record PlanAnswer(
            Pair pair,
            int budgetGpus,
            double requestsPerSecond,
            double inputTokens,
            double outputTokens,
            double demandPerSecond,
            double carriedPerSecond,
            double servedShare,
            String limit,
            boolean unreachable,
            @Nullable Double ttftSeconds,
            @Nullable Double itlMeanSeconds,
            double ttftPromisedSeconds,
            double itlPromisedSeconds,
            double percentile,
            double tookMillis) {

        static PlanAnswer of(Answer answer, double tookMillis) {
            var plan = answer.plan();
            return new PlanAnswer(
                    new Pair(plan.prefill(), plan.decode(), plan.gpus()),
                    answer.budgetGpus(),
                    answer.load().requestsPerSecond(),
                    answer.load().inputTokens(),
                    answer.load().outputTokens(),
                    plan.demandRequestsPerSecond(),
                    plan.capacityRequestsPerSecond(),
                    plan.servedShare(),
                    plan.limiting().name().toLowerCase(Locale.ROOT),
                    plan.unreachable(),
                    finite(answer.ttftSeconds()),
                    finite(answer.itlSeconds()),
                    answer.slo().ttftSeconds(),
                    answer.slo().itlSeconds(),
                    answer.slo().percentile(),
                    tookMillis);
        }
    }

    /// A frontier.
    ///
    /// @param why there is none; null where there is one
    record FrontierAnswer(
            List<Spot> points,
            @Nullable Spot today,
            @Nullable Double demandPerSecond,
            @Nullable String why) {

        FrontierAnswer {
            points = List.copyOf(points);
        }

        static FrontierAnswer unknown(String why) {
            return new FrontierAnswer(List.of(), null, null, why);
        }

        static FrontierAnswer of(Frontier frontier) {
            var now = frontier.today();
            return new FrontierAnswer(
                    frontier.points().stream().map(Spot::of).toList(),
                    now == null ? null : Spot.of(now),
                    frontier.demandRequestsPerSecond(),
                    null);
        }
    }

    /// A fleet on it.
    record Spot(Pair pair, double requestsPerSecond) {

        static Spot of(Frontier.Point point) {
            Sizes pair = point.pair();
            return new Spot(
                    new Pair(pair.prefill(), pair.decode(), point.gpus()),
                    point.requestsPerSecond());
        }
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
