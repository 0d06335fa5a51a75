package dev.ratematch.costmodel.model;

import dev.ratematch.costmodel.units.Check;

/// Gated-delta linear attention (Gated DeltaNet) in `layers` of the layers: a matrix per value head
/// that every token updates, behind a short causal convolution.
///
/// @param layers how many layers use it; the others have the attention of the spec
/// @param keyHeads query and key heads
/// @param valueHeads value heads, a multiple of `keyHeads`
/// @param keyDim width of a key head
/// @param valueDim width of a value head
/// @param convolution taps of the convolution
public record LinearAttention(
        int layers, int keyHeads, int valueHeads, int keyDim, int valueDim, int convolution) {

    public LinearAttention {
        Check.atLeast("linearAttention.layers", layers, 1);
        Check.atLeast("linearAttention.keyHeads", keyHeads, 1);
        Check.atLeast("linearAttention.keyDim", keyDim, 1);
        Check.atLeast("linearAttention.valueDim", valueDim, 1);
        Check.atLeast("linearAttention.convolution", convolution, 1);
        Check.atLeast("linearAttention.valueHeads", valueHeads, 1);
        if (valueHeads % keyHeads != 0) {
            throw new IllegalArgumentException(
                    "linearAttention.keyHeads (%d) must divide linearAttention.valueHeads (%d)."
                            .formatted(keyHeads, valueHeads));
        }
    }

    /// Channels that pass the convolution: queries, keys and values.
    public int channels() {
        return 2 * keyHeads * keyDim + valueHeads * valueDim;
    }
}
