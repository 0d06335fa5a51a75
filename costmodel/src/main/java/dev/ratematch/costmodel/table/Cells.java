package dev.ratematch.costmodel.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// Values as cells of a table.
public final class Cells {

    private static final MathContext DIGITS = new MathContext(7);

    private Cells() {}

    /// Seven significant digits, without an exponent.
    public static String number(double value) {
        return new BigDecimal(value, DIGITS).stripTrailingZeros().toPlainString();
    }

    /// As CSV has it: quoted where it must be.
    public static String quoted(String cell) {
        boolean plain =
                cell.indexOf(',') < 0
                        && cell.indexOf('"') < 0
                        && cell.indexOf('\n') < 0
                        && cell.indexOf('\r') < 0;
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /// An enum constant in lower case.
    public static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
