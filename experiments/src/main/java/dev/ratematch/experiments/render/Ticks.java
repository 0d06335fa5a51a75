package dev.ratematch.experiments.render;

import dev.ratematch.experiments.findings.Picture.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Where an axis begins and ends, and what is written along it.
///
/// @param low its lower end
/// @param high its upper end
/// @param logarithmic whether equal factors are equally far apart
/// @param marks values that are written
record Ticks(double low, double high, boolean logarithmic, List<Double> marks) {

    private static final int ABOUT = 6;

    /// Round marks that take all values in; a linear axis begins at zero unless a value is below.
    static Ticks of(Axis axis, List<Double> values) {
        double least = values.stream().mapToDouble(v -> v).min().orElse(0);
        double most = values.stream().mapToDouble(v -> v).max().orElse(1);
        return axis.logarithmic() && least > 0 ? decades(least, most) : even(least, most);
    }

    private static Ticks even(double least, double most) {
        double from = Math.min(0, least);
        double span = Math.max(most - from, 1e-9);
        double step = round(span / ABOUT);
        var marks = new ArrayList<Double>();
        long first = (long) Math.floor(from / step);
        long last = (long) Math.ceil(most / step - 1e-9);
        for (long i = first; i <= Math.max(last, first + 1); i++) {
            marks.add(i * step);
        }
        return new Ticks(marks.getFirst(), marks.getLast(), false, marks);
    }

    /// One, two or five times a power of ten.
    private static double round(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= rough * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static Ticks decades(double least, double most) {
        var marks = new ArrayList<Double>();
        boolean fine = most / least < 200;
        for (int power = (int) Math.floor(Math.log10(least)); ; power++) {
            for (double factor : fine ? new double[] {1, 2, 5} : new double[] {1}) {
                marks.add(factor * Math.pow(10, power));
            }
            if (marks.getLast() >= most) {
                break;
            }
        }
        while (marks.size() > 2 && marks.get(1) <= least * (1 + 1e-9)) {
            marks.removeFirst();
        }
        while (marks.size() > 2 && marks.get(marks.size() - 2) >= most * (1 - 1e-9)) {
            marks.removeLast();
        }
        return new Ticks(marks.getFirst(), marks.getLast(), true, marks);
    }

    /// Share of the way from the lower end to the upper one.
    double at(double value) {
        double share =
                logarithmic
                        ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
                        : (value - low) / (high - low);
        return Math.clamp(share, 0, 1);
    }

    /// A mark as it is written.
    static String text(double mark) {
        double size = Math.abs(mark);
        if (size >= 10_000) {
            return trimmed(mark / 1000) + "k";
        }
        return trimmed(mark);
    }

    private static String trimmed(double value) {
        String text = String.format(Locale.ROOT, "%.4f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
