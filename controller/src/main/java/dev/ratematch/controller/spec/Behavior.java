package dev.ratematch.controller.spec;

import dev.ratematch.controller.observe.Role;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How fast each role may go which way, in the words of Kubernetes' HorizontalPodAutoscaler v2.
/// Nothing is bound where nothing is said.
public record Behavior(Rules prefill, Rules decode) {

    /// No bounds.
    public static final Behavior NONE = new Behavior(Rules.NONE, Rules.NONE);

    /// Those of one role.
    public Rules of(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// The longest window that somebody set, seconds; 0 where nobody did.
    public int longestWindowSeconds() {
        return Stream.of(
                        prefill.scaleUp(),
                        prefill.scaleDown(),
                        decode.scaleUp(),
                        decode.scaleDown())
                .mapToInt(Direction::windowOrZero)
                .max()
                .orElse(0);
    }

    /// One role, both ways.
    public record Rules(Direction scaleUp, Direction scaleDown) {

        /// No bounds.
        public static final Rules NONE = new Rules(Direction.FREE, Direction.FREE);
    }

    /// One role, one way.
    ///
    /// @param stabilizationWindowSeconds a count goes only as far as was wanted throughout this
    ///   window; null where nobody set it
    /// @param policies how much the commanded count may change within a period; none for any
    /// @param select which policy counts where there are several
    /// @param tolerance a change smaller than this share of the present count is not made
    public record Direction(
            @Nullable Integer stabilizationWindowSeconds,
            List<Policy> policies,
            Select select,
            double tolerance) {

        /// Longest window, seconds.
        public static final int WINDOW_MOST_SECONDS = 3600;

        /// No bounds.
        public static final Direction FREE = new Direction(null, List.of(), Select.MAX, 0);

        public Direction {
            policies = List.copyOf(policies);
        }

        /// The window that somebody set, seconds; 0 where nobody did.
        public int windowOrZero() {
            return stabilizationWindowSeconds == null ? 0 : stabilizationWindowSeconds;
        }
    }

    /// Which policy counts.
    public enum Select {
        MAX("Max"),
        MIN("Min"),
        DISABLED("Disabled");

        private final String label;

        Select(String label) {
            this.label = label;
        }

        /// The word of the HorizontalPodAutoscaler.
        public String label() {
            return label;
        }
    }

    /// At most so much in a period.
    ///
    /// @param value replicas, or percent of the replicas at the period's start
    public record Policy(Unit unit, int value, int periodSeconds) {

        /// Longest period, seconds.
        public static final int PERIOD_MOST_SECONDS = 1800;
    }

    /// What a policy counts in.
    public enum Unit {
        REPLICAS("Replicas"),
        PERCENT("Percent");

        private final String label;

        Unit(String label) {
            this.label = label;
        }

        /// The word in JSON; the HorizontalPodAutoscaler says Pods for replicas.
        public String label() {
            return label;
        }
    }
}
