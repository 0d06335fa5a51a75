package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.units.Names;
import java.util.Locale;

/// Precision of a checkpoint as users name it; [Quantization] says what it means for each model.
public enum Precision {
    /// 16 bit.
    BF16(2),
    /// 8 bit, per-tensor scales known from calibration.
    FP8(1),
    /// 4 bit with one FP8 scale per 16 elements: 4.5 bit.
    NVFP4(0.5625),
    /// 4 bit with one exponent per 32 elements: 4.25 bit; products in FP8.
    MXFP4(0.53125),
    /// 4-bit integers with one BF16 scale per 32 elements: 4.5 bit; products in BF16.
    INT4(0.5625);

    private final double bytesPerElement;

    Precision(double bytesPerElement) {
        this.bytesPerElement = bytesPerElement;
    }

    /// Bytes per weight, block scales included.
    public double bytesPerElement() {
        return bytesPerElement;
    }

    /// Dense tensor rate of an accelerator; 0 where it has no such tensor cores.
    public double flopsPerSecond(Accelerator accelerator) {
        return switch (this) {
            case BF16, INT4 -> accelerator.bf16FlopsPerSecond();
            case FP8, MXFP4 -> accelerator.fp8FlopsPerSecond();
            case NVFP4 -> accelerator.fp4FlopsPerSecond();
        };
    }

    /// `bf16`, `fp8`, `nvfp4` (also `fp4`), `mxfp4` or `int4`, ignoring case.
    public static Precision parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "bf16", "bfloat16" -> BF16;
            case "fp8" -> FP8;
            case "nvfp4", "fp4" -> NVFP4;
            case "mxfp4" -> MXFP4;
            case "int4", "int4_wo" -> INT4;
            default -> throw Names.unknown("precision", text, Names.of(values()));
        };
    }
}
