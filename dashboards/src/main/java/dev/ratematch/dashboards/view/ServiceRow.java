package dev.ratematch.dashboards.view;

import org.jspecify.annotations.Nullable;

/// One service in the overview.
///
/// @param id names it in addresses
/// @param wall whether times are of the wall clock, seconds since 1970; else of the trace
/// @param now replicas that are commanded
/// @param end where the decision leads
/// @param ttftSeconds measured at the promise's percentile
/// @param itlSeconds the same of ITL
public record ServiceRow(
        String id,
        String title,
        String model,
        String gpu,
        long sequence,
        double atSeconds,
        boolean wall,
        Status status,
        String reason,
        @Nullable Pair now,
        @Nullable Pair end,
        int budgetGpus,
        Quantity requestsPerSecond,
        Quantity ttftSeconds,
        Quantity itlSeconds,
        double ttftPromisedSeconds,
        double itlPromisedSeconds,
        double percentile,
        @Nullable String confidence) {

    /// Earlier moments are of a trace, which begins at zero: 2001-09-09, seconds since 1970.
    private static final double WALL_FROM_SECONDS = 1e9;

    /// Of a cycle.
    public static ServiceRow of(String id, String title, Seen seen) {
        var cycle = seen.cycle();
        var snapshot = cycle.snapshot();
        var traffic = snapshot.traffic();
        var slo = cycle.spec().slo();
        var found = cycle.explanation().assessment();
        return new ServiceRow(
                id,
                title,
                seen.service().model(),
                seen.service().gpu(),
                seen.sequence(),
                seen.atSeconds(),
                wall(seen.atSeconds()),
                Status.of(cycle),
                cycle.decision().reason().name(),
                Pair.of(cycle.spec(), cycle.now().sizes()),
                Pair.of(cycle.spec(), cycle.end()),
                cycle.spec().budgetGpus(),
                Quantity.rate(traffic.arrived(), snapshot.windowSeconds()),
                Quantity.of(traffic.ttftQuantileSeconds()),
                Quantity.of(traffic.itlQuantileSeconds()),
                slo.ttftSeconds(),
                slo.itlSeconds(),
                slo.percentile(),
                found == null ? null : found.confidence().level().label());
    }

    /// Whether a moment is one of the wall clock.
    public static boolean wall(double atSeconds) {
        return atSeconds >= WALL_FROM_SECONDS;
    }
}
