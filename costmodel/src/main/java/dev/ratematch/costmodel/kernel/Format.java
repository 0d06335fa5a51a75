package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.units.Names;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Number formats of measured kernels. Measurements spell them by their labels.
enum Format {
    BFLOAT16("bfloat16", 2),
    FP8("fp8", 1),
    FP8_BLOCK("fp8_block", 1),
    NVFP4("nvfp4", 0.5625),
    /// Weights in MXFP4, products in BF16.
    W4A16_MXFP4("w4a16_mxfp4", 0.53125),
    /// Weights in MXFP4, products in FP8.
    W4A8_MXFP4("w4a8_mxfp4_mxfp8", 0.53125);

    private static final Map<String, Format> BY_LABEL =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(Format::label, Function.identity()));

    private final String label;
    private final double bytes;

    Format(String label, double bytes) {
        this.label = label;
        this.bytes = bytes;
    }

    /// The format that measurements spell so.
    static Format labelled(String label) {
        Format format = BY_LABEL.get(label);
        if (format == null) {
            throw Names.unknown(
                    "number format", label, Arrays.stream(values()).map(Format::label).toList());
        }
        return format;
    }

    /// As measurements spell it.
    String label() {
        return label;
    }

    /// Bytes per element, block scales included.
    double bytes() {
        return bytes;
    }

    /// Dense tensor rate for products in this format, floating-point operations a second.
    double flops(Accelerator accelerator) {
        return switch (this) {
            case BFLOAT16, W4A16_MXFP4 -> accelerator.bf16FlopsPerSecond();
            case FP8, FP8_BLOCK, W4A8_MXFP4 -> accelerator.fp8FlopsPerSecond();
            case NVFP4 ->
                    accelerator.fp4FlopsPerSecond() > 0
                            ? accelerator.fp4FlopsPerSecond()
                            : accelerator.fp8FlopsPerSecond();
        };
    }

    /// The roofline of a launch, microseconds.
    double bound(double flop, double bytes, Accelerator accelerator) {
        return 1e6 * Math.max(flop / flops(accelerator), bytes / accelerator.hbmBytesPerSecond());
    }
}
