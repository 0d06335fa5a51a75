package dev.ratematch.controller.observe;

import dev.ratematch.costmodel.units.Check;
import java.util.List;
import java.util.Locale;

/// The one flow of requests as its three counters tell it in one window, and what comparing them
/// found. Counts are brought to the length of the snapshot's window.
///
/// @param frontend requests that came to the frontend, those meant for these pools only
/// @param prefill requests that came to prefill
/// @param decode sequences that came to decode
/// @param sequencesPerRequest sequences that decode makes of one request, at least 1
/// @param notes what was found where they differ beyond chance
public record Flow(
        Reading frontend,
        Reading prefill,
        Reading decode,
        double sequencesPerRequest,
        List<Note> notes) {

    /// Nothing was compared.
    public static final Flow NONE =
            new Flow(
                    new Reading.Unknown("nothing was compared"),
                    new Reading.Unknown("nothing was compared"),
                    new Reading.Unknown("nothing was compared"),
                    1,
                    List.of());

    /// Why counts of one flow differ.
    public enum Kind {
        /// Refused by the frontend or by prefill.
        REFUSED,
        /// Given up by clients, or failed, before prefill ended.
        LOST_BEFORE_PREFILL,
        /// Prefilled and never counted by decode: aborted by clients or failed.
        LOST_AFTER_PREFILL,
        /// Several answers of one prompt.
        PARALLEL_SAMPLES,
        /// The frontend serves other models too.
        OTHER_MODELS,
        /// Requests reach the pools past the frontend that is read.
        PAST_THE_FRONTEND,
        /// Pods that serve are not read.
        POD_MISSING,
        /// Nothing explains the difference.
        UNEXPLAINED;

        /// As in JSON.
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// One finding.
    ///
    /// @param holds whether the demand cannot be told, so that the fleet is to stay
    /// @param text one sentence for people, with the figures and what was taken for the demand
    public record Note(Kind kind, boolean holds, String text) {}

    public Flow {
        Check.finiteAtLeast("sequencesPerRequest", sequencesPerRequest, 1);
        notes = List.copyOf(notes);
    }

    /// The same some time later, when nothing has been read since.
    ///
    /// @param stale seconds after the read from which on a value is not acted on any more
    Flow later(double seconds, double stale) {
        return new Flow(
                frontend.later(seconds, stale),
                prefill.later(seconds, stale),
                decode.later(seconds, stale),
                sequencesPerRequest,
                notes);
    }

    /// Whether something of this kind was found.
    public boolean has(Kind kind) {
        return notes.stream().anyMatch(note -> note.kind() == kind);
    }
}
