package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.units.Names;
import java.util.List;

/// Number formats by the names that measurements use.
final class Formats {

    private static final List<String> KNOWN =
            List.of("bfloat16", "fp8", "fp8_block", "nvfp4", "w4a16_mxfp4", "w4a8_mxfp4_mxfp8");

    private Formats() {}

    /// Bytes per element, block scales included.
    static double bytes(String format) {
        return switch (format) {
            case "bfloat16" -> 2;
            case "fp8", "fp8_block" -> 1;
            case "nvfp4" -> 0.5625;
            case "w4a16_mxfp4", "w4a8_mxfp4_mxfp8" -> 0.53125;
            default -> throw Names.unknown("number format", format, KNOWN);
        };
    }

    /// Dense tensor rate for products in that format, floating-point operations a second.
    static double flops(String format, Accelerator accelerator) {
        return switch (format) {
            case "bfloat16", "w4a16_mxfp4" -> accelerator.bf16FlopsPerSecond();
            case "fp8", "fp8_block", "w4a8_mxfp4_mxfp8" -> accelerator.fp8FlopsPerSecond();
            case "nvfp4" ->
                    accelerator.fp4FlopsPerSecond() > 0
                            ? accelerator.fp4FlopsPerSecond()
                            : accelerator.fp8FlopsPerSecond();
            default -> throw Names.unknown("number format", format, KNOWN);
        };
    }

    /// The roofline of a launch, microseconds.
    static double bound(double flop, String format, double bytes, Accelerator accelerator) {
        return 1e6
                * Math.max(
                        flop / flops(format, accelerator), bytes / accelerator.hbmBytesPerSecond());
    }
}
