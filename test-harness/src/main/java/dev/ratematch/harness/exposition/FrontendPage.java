package dev.ratematch.harness.exposition;

import dev.ratematch.harness.exposition.FrontendMetrics.Behind;
import dev.ratematch.harness.sim.UpperBounds;

/// The metrics page of one kind of frontend.
interface FrontendPage {

    /// Upper bounds of its histograms, without `+Inf`.
    record Bounds(
            UpperBounds ttft,
            UpperBounds itl,
            UpperBounds timePerToken,
            UpperBounds input,
            UpperBounds output,
            UpperBounds duration) {}

    Bounds bounds();

    /// Whether prompt lengths are observed when a request ends, not with its first token.
    boolean countsLengthsAtTheEnd();

    /// Whether it shows how long requests take as a whole, and the mean time per token of each.
    boolean showsRequests();

    /// The page now.
    String render(FrontendMetrics counted, Behind behind);

    /// The page before those engines; without a frontend, counted by one that nobody asks.
    static FrontendPage of(Dialect dialect) {
        return dialect.frontend() == Dialect.Frontend.LLM_D
                ? new EndpointPickerPage()
                : new DynamoFrontendPage(dialect.engine() == Dialect.Engine.DYNAMO);
    }
}
