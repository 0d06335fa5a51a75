package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.units.Check;

/// What requests cost besides their lengths.
///
/// @param cachedShare share of each prompt found in a prefix cache
/// @param queries tokens that a decode step computes for a sequence: the certain one and the drafts
/// @param stepFactor what the layers that draft multiply a step by
/// @param unseenTokens context of a running sequence beyond what the caller counts
/// @param places sequences that fit, over those that the caller's lengths would let fit
public record Relief(
        double cachedShare, double queries, double stepFactor, double unseenTokens, double places) {

    public Relief {
        Check.within("cachedShare", cachedShare, 0, 0.999_999);
        Check.finiteAtLeast("queries", queries, 1);
        Check.finiteAtLeast("stepFactor", stepFactor, 1);
        Check.finiteAtLeast("unseenTokens", unseenTokens, 0);
        Check.positive("places", places);
    }
}
