package dev.ratematch.costmodel.parallel;

import java.util.Locale;
import java.util.Optional;

/// A way to store weights, as the precision whose kernels stand for it.
///
/// @param nearest that precision; empty where none comes near
/// @param note how the two differ, or why none comes near; empty where they are the same
record WeightScheme(Optional<Precision> nearest, Optional<String> note) {

    static WeightScheme exact(Precision precision) {
        return new WeightScheme(Optional.of(precision), Optional.empty());
    }

    static WeightScheme near(Precision precision, String how) {
        return new WeightScheme(Optional.of(precision), Optional.of(how));
    }

    static WeightScheme none(String why) {
        return new WeightScheme(Optional.empty(), Optional.of(why));
    }

    /// 8-bit integers: as many bytes as FP8, and tensor cores of the same rate where both exist.
    static WeightScheme int8() {
        return near(
                Precision.FP8, "8-bit integers have no kernels here; planned with those of fp8");
    }

    /// 4-bit weights of bitsandbytes.
    static WeightScheme bitsAndBytes() {
        return near(
                Precision.INT4,
                "4-bit weights of bitsandbytes have no kernels here; planned with those of int4");
    }

    /// Integers of a method whose kernels nobody has measured in public on these GPUs.
    static WeightScheme unmeasured(String method) {
        return none(
                "there are no measured kernels of %s".formatted(method.toUpperCase(Locale.ROOT)));
    }

    /// Microscaled FP8.
    static WeightScheme mxfp8() {
        return near(Precision.FP8, "mxfp8 has no kernels here; planned with those of fp8");
    }

    /// FP8 weights, 16-bit activations.
    static WeightScheme fp8WeightOnly() {
        return near(
                Precision.FP8,
                "activations stay in 16 bit, so that prefill is slower than planned with kernels of"
                        + " fp8");
    }

    /// NVFP4 weights, 16-bit activations.
    static WeightScheme nvfp4WeightOnly() {
        return near(
                Precision.INT4,
                "nvfp4 weights with 16-bit activations have no kernels here; planned with those of"
                        + " int4, which has the same bytes and products in bf16");
    }

    /// 4-bit integers, 8-bit activations.
    static WeightScheme int4With8BitActivations() {
        return near(
                Precision.INT4,
                "products in 8 bit have no kernels here; planned with those of int4, whose products"
                        + " are in bf16, so that prefill is faster than planned");
    }

    /// A scheme by its bits and its kind of number.
    ///
    /// @param bits of a weight; empty where nobody says
    /// @param microscaled whether 32 elements share an exponent
    /// @param activationBits of the other factor; 16 where only weights are quantised
    static WeightScheme of(
            Optional<Integer> bits, boolean floats, boolean microscaled, int activationBits) {
        boolean wide = activationBits >= 16;
        return switch (bits.orElse(0)) {
            case 16 -> exact(Precision.BF16);
            case 8 -> {
                if (!floats) {
                    yield int8();
                }
                yield microscaled ? mxfp8() : wide ? fp8WeightOnly() : exact(Precision.FP8);
            }
            case 4 -> {
                if (!floats) {
                    yield wide ? exact(Precision.INT4) : int4With8BitActivations();
                }
                if (microscaled) {
                    yield exact(Precision.MXFP4);
                }
                yield wide ? nvfp4WeightOnly() : exact(Precision.NVFP4);
            }
            default ->
                    none(
                            "it has %s-bit %s weights; there are kernels for 4-bit and 8-bit ones"
                                    .formatted(
                                            bits.map(Object::toString).orElse("unknown"),
                                            floats ? "float" : "int"));
        };
    }
}
