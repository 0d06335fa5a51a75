package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.units.Names;
import java.util.Arrays;
import java.util.Locale;

/// Number format of a weight matrix together with the way its product is computed: what the kernel
/// tables are keyed by. The labels are those of NVIDIA's aiconfigurator (commit 095f58a).
public enum WeightType {
    /// 16 bit.
    BF16("bfloat16", 2),
    /// 8 bit, one scale per tensor, known from calibration.
    FP8("fp8", 1),
    /// 8 bit, one scale per block of 128 x 128; the scales are below 0.1 % and not counted.
    FP8_BLOCK("fp8_block", 1),
    /// 4 bit and one FP8 scale per 16 elements.
    NVFP4("nvfp4", 0.5 + 1.0 / 16),
    /// 4 bit and one 8-bit exponent per 32 elements (OCP microscaling); activations in MXFP8.
    MXFP4("w4a8_mxfp4_mxfp8", 0.5 + 1.0 / 32),
    /// The same weights; activations stay BF16 and so does the product.
    MXFP4_A16("w4a16_mxfp4", 0.5 + 1.0 / 32),
    /// 4-bit integers and one BF16 scale per 32 elements, the group of Kimi-K2.5's checkpoint (a
    /// group of 128 would be 0.516); products in BF16.
    INT4("int4_wo", 0.5 + 2.0 / 32);

    private final String label;
    private final double bytesPerElement;

    WeightType(String label, double bytesPerElement) {
        this.label = label;
        this.bytesPerElement = bytesPerElement;
    }

    /// Name in the calibration data.
    public String label() {
        return label;
    }

    /// Bytes per weight, block scales included.
    public double bytesPerElement() {
        return bytesPerElement;
    }

    /// Dense tensor rate of the product; 0 where the accelerator has no such tensor cores.
    public double flopsPerSecond(Accelerator accelerator) {
        return switch (this) {
            case BF16, MXFP4_A16, INT4 -> accelerator.bf16FlopsPerSecond();
            case FP8, FP8_BLOCK, MXFP4 -> accelerator.fp8FlopsPerSecond();
            case NVFP4 -> accelerator.fp4FlopsPerSecond();
        };
    }

    /// The type of that label, ignoring case.
    public static WeightType parse(String label) {
        String wanted = label.strip().toLowerCase(Locale.ROOT);
        for (WeightType type : values()) {
            if (type.label.equals(wanted)) {
                return type;
            }
        }
        throw Names.unknown(
                "weight type", label, Arrays.stream(values()).map(WeightType::label).toList());
    }
}
