package dev.ratematch.controller.whatif;

import dev.ratematch.controller.observe.Sizes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The most that fleets of each size carry of today's kind of traffic within the promise.
///
/// @param points by GPUs; each carries more than the one before it
/// @param today the fleet as it is commanded; null where that is unknown
/// @param demandRequestsPerSecond what is planned for, margin included
public record Frontier(List<Point> points, @Nullable Point today, double demandRequestsPerSecond) {

    /// One fleet.
    ///
    /// @param gpus that it holds
    /// @param requestsPerSecond that it carries within the promise
    public record Point(Sizes pair, int gpus, double requestsPerSecond) {}

    public Frontier {
        points = List.copyOf(points);
    }
}
