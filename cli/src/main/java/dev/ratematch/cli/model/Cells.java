package dev.ratematch.cli.model;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// Values as cells of a table.
final class Cells {

    private static final MathContext DIGITS = new MathContext(7);

    private Cells() {}

    /// Seven significant digits, without an exponent.
    static String number(double value) {
        return new BigDecimal(value, DIGITS).stripTrailingZeros().toPlainString();
    }

    /// An enum constant in lower case.
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
