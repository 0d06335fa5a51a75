package dev.ratematch.costmodel.model;

import dev.ratematch.costmodel.units.Check;

/// DeepSeek sparse attention: a small indexer scores every context token, attention reads the best
/// `topK` of them.
///
/// @param topK tokens that attention reads
/// @param indexHeads heads of the indexer
/// @param indexDim width of an indexer head; one key of that width is kept per token
public record SparseAttention(int topK, int indexHeads, int indexDim) {

    public SparseAttention {
        Check.atLeast("sparseAttention.topK", topK, 1);
        Check.atLeast("sparseAttention.indexHeads", indexHeads, 1);
        Check.atLeast("sparseAttention.indexDim", indexDim, 1);
    }
}
