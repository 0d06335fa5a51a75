package dev.ratematch.controller.telemetry.prometheus;

import java.util.regex.Pattern;

/// What two targets that may be one pod are to each other: the one place where this is decided.
enum Kinship {
    /// One process, scraped twice: two monitors, a pair of scrapers, a store that is fed twice.
    SAME,
    /// Two processes of one pod: its ports or ranks.
    PORTS,
    /// Two pods of one name: of two clusters in one store.
    APART;

    /// Labels by which the processes of one pod differ.
    private static final Pattern PORT_LIKE =
            Pattern.compile(".*(port|endpoint|rank|address|engine|shard).*");

    private static final Pattern DIGITS = Pattern.compile("\\d+");

    /// Decides, by how they count and by what tells them apart.
    static Kinship of(TargetTag one, TargetTag other, Likeness likeness) {
        boolean ports = one.name().otherPort(other.name());
        boolean within = one.apart(other).stream().allMatch(label -> within(label, one, other));
        return switch (likeness) {
            // Ranks of one pod that happen to count alike, as under a synthetic load, are ranks.
            case EQUAL -> ports && within ? PORTS : SAME;
            case UNEQUAL -> ports || within ? PORTS : APART;
            case UNTOLD -> one.name().instance().equals(other.name().instance()) ? SAME : PORTS;
        };
    }

    /// Whether a label may tell processes of one pod apart: by its meaning, or as one job a rank.
    private static boolean within(String label, TargetTag one, TargetTag other) {
        String value = bare(one.label(label));
        boolean numbered = !value.isEmpty() && value.equals(bare(other.label(label)));
        return PORT_LIKE.matcher(label).matches() || (label.equals("job") && numbered);
    }

    private static String bare(String value) {
        return DIGITS.matcher(value).replaceAll("");
    }
}
