package dev.ratematch.controller.spec;

import dev.ratematch.costmodel.units.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A number of the control law that a site may turn. Its key is the same in a RateMatcher, in a
/// service file and on the command line; docs/options.md is made from these, and docs/control.md
/// has the sources of the defaults.
public enum Option {
    /// See its sentence.
    DEMAND_MARGIN(
            "demandMargin",
            Type.NUMBER,
            0.25,
            0,
            10,
            "share of the demand",
            "Margin added to the estimated demand before sizing."),
    /// See its sentence.
    MIN_GAIN(
            "minGain",
            Type.NUMBER,
            0.03,
            0,
            1,
            "share of the requests",
            "Minimum gain of a move, after its own cost."),
    /// See its sentence.
    GPU_PRICE(
            "gpuPrice",
            Type.NUMBER,
            0.1,
            0,
            10,
            "share of the requests",
            "Value of spare capacity, per doubling of the GPUs that the traffic needs: "
                    + "spare GPUs are kept while they serve more than this."),
    /// See its sentence.
    TURN_HEDGE(
            "turnHedge",
            Type.NUMBER,
            1,
            0,
            10,
            "factor",
            "How much the next turn of the traffic counts beside the traffic of now; 0 prepares for"
                    + " none."),
    /// See its sentence.
    RECENTRE_WINDOW_SECONDS(
            "recentreWindowSeconds",
            Type.NUMBER,
            300,
            0,
            86_400,
            "s",
            "How long another split must have been better before a rebalance while no "
                    + "target is missed."),
    /// See its sentence.
    COOLDOWN_LEAD_TIMES(
            "cooldownLeadTimes", Type.NUMBER, 0.5, 0, 100, "lead times", "Pause between moves."),
    /// See its sentence.
    SCALE_DOWN_WINDOW_SECONDS(
            "scaleDownWindowSeconds",
            Type.NUMBER,
            300,
            0,
            86_400,
            "s",
            "How long a smaller fleet must have sufficed before GPUs are given back, where"
                    + " behavior says nothing of a role; six of it must have passed since a move."),
    /// See its sentence.
    MAX_STEP_REPLICAS(
            "maxStepReplicas",
            Type.WHOLE,
            64,
            1,
            100_000,
            "replicas",
            "Maximum replicas that one move adds to or removes from a role.");

    /// What values it takes.
    public enum Type {
        NUMBER,
        WHOLE;

        /// The type as people read it.
        public String label() {
            return this == NUMBER ? "number" : "whole number";
        }
    }

    private final String key;
    private final Type type;
    private final double usual;
    private final double least;
    private final double most;
    private final String unit;
    private final String sentence;

    Option(
            String key,
            Type type,
            double usual,
            double least,
            double most,
            String unit,
            String sentence) {
        this.key = key;
        this.type = type;
        this.usual = usual;
        this.least = least;
        this.most = most;
        this.unit = unit;
        this.sentence = sentence;
    }

    /// The option of a key.
    ///
    /// @param field the key with where it stands, for the refusal
    /// @param value as it was given, for the refusal
    /// @throws IllegalArgumentException where no option has this key; it says which there are
    public static Option named(String key, String field, String value) {
        for (var option : values()) {
            if (option.key.equals(key)) {
                return option;
            }
        }
        throw new IllegalArgumentException(
                "%s (%s) is not known; did you mean \"%s\"? Known: %s."
                        .formatted(
                                field,
                                value,
                                Names.nearest(key, keys()),
                                String.join(", ", known())));
    }

    private static List<String> keys() {
        return Arrays.stream(values()).map(Option::key).toList();
    }

    /// Every key with its range, for refusals.
    public static List<String> known() {
        return Arrays.stream(values())
                .map(option -> "%s (%s)".formatted(option.key, option.range()))
                .toList();
    }

    /// The value if it is one.
    ///
    /// @param field the key with where it stands, for the refusal
    /// @throws IllegalArgumentException naming field, value and range
    public double checked(String field, double value) {
        boolean within = value >= least && value <= most;
        if (!within || (type == Type.WHOLE && value != Math.rint(value))) {
            throw new IllegalArgumentException(
                    "%s (%s) must be a %s from %s."
                            .formatted(field, plain(value), type.label(), range()));
        }
        return value;
    }

    /// Its name wherever it is set.
    public String key() {
        return key;
    }

    /// What values it takes.
    public Type type() {
        return type;
    }

    /// What holds where nothing is said.
    public double usual() {
        return usual;
    }

    /// Its least value, which is allowed.
    public double least() {
        return least;
    }

    /// Its greatest value, which is allowed.
    public double most() {
        return most;
    }

    /// Its least and its greatest value, as people read them.
    public String range() {
        return "%s to %s".formatted(plain(least), plain(most));
    }

    /// What it counts in.
    public String unit() {
        return unit;
    }

    /// What it does.
    public String sentence() {
        return sentence;
    }

    /// A number as people write it: no fraction where there is none.
    public static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.format(Locale.ROOT, "%d", (long) value)
                : Double.toString(value);
    }
}
