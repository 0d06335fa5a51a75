package dev.ratematch.controller.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// The choices behind one input, all of them from one seed, and what was chosen, in words.
final class Dice {

    private static final List<String> ODD_NUMBERS =
            List.of(
                    "NaN",
                    "+Inf",
                    "-Inf",
                    "inf",
                    "-1",
                    "0",
                    "-0",
                    "-17.5",
                    "1e308",
                    "-1e308",
                    "1e999",
                    "-1e999",
                    "4.9e-324",
                    "1e-12",
                    "9223372036854775807",
                    "1e17",
                    "1.7976931348623157e308",
                    "0x10",
                    "1_000",
                    "1,5",
                    "",
                    "null",
                    "true",
                    "1e5",
                    "1d",
                    "\u0663",
                    "--1",
                    ".",
                    "e",
                    "+",
                    "1e",
                    "0.1e-9999999999");

    private static final List<String> ODD_TEXTS =
            List.of(
                    "",
                    " ",
                    "\\",
                    "\"",
                    "\n",
                    "a\\nb",
                    "\u0000",
                    "\ufeff",
                    "\u202e",
                    "{}",
                    "\u00e9\u6f22",
                    "\ud83d\ude80",
                    "\ud800",
                    "%s%d%n",
                    "<b>",
                    "__name__",
                    "le",
                    "'; --");

    private final SplittableRandom random;
    private final List<String> path = new ArrayList<>();

    Dice(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /// One of `[0, bound)`.
    int below(int bound) {
        return random.nextInt(Math.max(1, bound));
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    double factor() {
        return Math.scalb(random.nextDouble(), random.nextInt(24) - 12);
    }

    long seed() {
        return random.nextLong();
    }

    /// What stands where a number should.
    String oddNumber() {
        return switch (below(12)) {
            case 0 -> "9".repeat(1 + below(2000));
            case 1 -> "0." + "0".repeat(below(2000)) + "1";
            case 2 -> String.valueOf(random.nextLong());
            case 3 -> String.valueOf(Double.longBitsToDouble(random.nextLong()));
            default -> any(ODD_NUMBERS);
        };
    }

    /// What nobody would call anything.
    String oddText() {
        return oneIn(8) ? any(ODD_TEXTS).repeat(below(20_000)) : any(ODD_TEXTS);
    }

    /// Keeps in words what was done.
    void note(String what) {
        path.add(what);
    }

    /// All that was done, in order; the values themselves are shortened.
    String path() {
        var steps = new ArrayList<String>();
        for (String step : path) {
            String shown = step.length() > 120 ? step.substring(0, 120) + "..." : step;
            steps.add(shown.replaceAll("\\p{Cntrl}", "?"));
        }
        return String.format(Locale.ROOT, "%d steps: %s", steps.size(), String.join("; ", steps));
    }
}
