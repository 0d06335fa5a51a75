package dev.ratematch.controller.spec;

import dev.ratematch.costmodel.units.Check;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How replicas may change their role with their weights in place, where engines can: drained,
/// switched, verified, routed to again, on the GPUs that they have.
///
/// @param actuation how counts are carried out
/// @param seconds from drained to serving in the other role, as stated; what is seen counts more
/// @param atOnce replicas that may be out of both pools at a time
public record Switching(Actuation actuation, double seconds, int atOnce) {

    /// How counts are carried out.
    public enum Actuation {
        /// Replicas are stopped and started.
        SCALE,
        /// What one role gives and the other takes changes its role, however long that takes; the
        /// rest is stopped or started.
        SWITCH,
        /// The same, but no more change their role than are there, on average, when those that are
        /// stopped and started meanwhile are.
        BOTH;

        /// As options and fields name it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// The one of that name.
        ///
        /// @param field that gives it
        /// @throws IllegalArgumentException naming the field, its value and the names there are
        public static Actuation parse(String field, String text) {
            for (var actuation : values()) {
                if (actuation.label().equals(text.strip().toLowerCase(Locale.ROOT))) {
                    return actuation;
                }
            }
            throw new IllegalArgumentException(
                    "%s (%s) must be scale, switch or both.".formatted(field, text));
        }
    }

    /// Nothing switches.
    public static final Switching NONE = new Switching(Actuation.SCALE, 0, 0);

    /// Seconds of a switch where nobody states them. No measurement: engines say "seconds".
    public static final double USUAL_SECONDS = 10;

    public Switching {
        Check.finiteAtLeast("switching.seconds", seconds, 0);
        Check.atLeast("switching.at_once", atOnce, actuation == Actuation.SCALE ? 0 : 1);
    }

    /// One of which null gets its default: [#USUAL_SECONDS], one at a time.
    public static Switching of(
            Actuation actuation, @Nullable Double seconds, @Nullable Integer atOnce) {
        return actuation == Actuation.SCALE
                ? NONE
                : new Switching(
                        actuation,
                        seconds == null ? USUAL_SECONDS : seconds,
                        atOnce == null ? 1 : atOnce);
    }

    /// Whether replicas change their role at all.
    public boolean possible() {
        return actuation != Actuation.SCALE;
    }

    /// Of replicas that one role gives and the other takes, those that are to change their role.
    ///
    /// @param switchSeconds from told to leave to serving in the other role, one replica
    /// @param scaleSeconds from told to leave until another one serves in its place
    public int of(int traded, double switchSeconds, double scaleSeconds) {
        return switch (actuation) {
            case SCALE -> 0;
            case SWITCH -> traded;
            case BOTH ->
                    (int)
                            Math.clamp(
                                    Math.floor(atOnce * (2 * scaleSeconds / switchSeconds - 1)),
                                    0,
                                    traded);
        };
    }
}
