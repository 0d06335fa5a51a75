package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.units.Names;
import java.util.Locale;

/// Type of the elements of the KV cache.
public enum KvDtype {
    /// 16 bit.
    BF16(2),
    /// 8 bit.
    FP8(1);

    private final double bytesPerElement;

    KvDtype(double bytesPerElement) {
        this.bytesPerElement = bytesPerElement;
    }

    /// Bytes per element.
    public double bytesPerElement() {
        return bytesPerElement;
    }

    /// `bf16` or `fp8`, ignoring case.
    public static KvDtype parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "bf16", "bfloat16" -> BF16;
            case "fp8" -> FP8;
            default -> throw Names.unknown("KV cache type", text, Names.of(values()));
        };
    }
}
