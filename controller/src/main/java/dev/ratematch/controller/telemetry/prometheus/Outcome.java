package dev.ratematch.controller.telemetry.prometheus;

import java.util.List;
import java.util.Map;

/// What became of a query.
public sealed interface Outcome {

    /// An answer: series with their samples. A number alone is one sample without labels.
    ///
    /// @param notes warnings of the store that are accepted
    record Found(List<RawSeries> series, List<String> notes) implements Outcome {
        public Found {
            series = List.copyOf(series);
            notes = List.copyOf(notes);
        }

        /// An answer without a note.
        public Found(List<RawSeries> series) {
            this(series, List.of());
        }
    }

    /// No answer.
    ///
    /// @param why for people: what is wrong and what to do about it
    record Failed(Kind kind, String why) implements Outcome {}

    /// One series and its samples, oldest first.
    ///
    /// @param labels the name included, as `__name__`
    @SuppressWarnings("ArrayRecordComponent") // Large, made once, never compared.
    record RawSeries(Map<String, String> labels, double[] times, double[] values) {

        /// The metric's name; empty for the result of an expression.
        public String name() {
            return labels.getOrDefault("__name__", "");
        }
    }

    /// What went wrong.
    enum Kind {
        /// Nobody answers there.
        UNREACHABLE,
        /// It did not answer in time.
        LATE,
        /// The certificate does not convince.
        UNTRUSTED,
        /// It wants to know who asks, or does not like who does.
        UNAUTHORIZED,
        /// Something else answers there.
        NO_PROMETHEUS,
        /// It does not understand or will not compute the query.
        REFUSED,
        /// It cannot at the moment.
        BUSY,
        /// It says itself that something is missing in the answer.
        PARTIAL,
        /// The answer is larger than anything that we ask for.
        TOO_LARGE,
        /// It failed too often of late and is left alone.
        LEFT_ALONE;

        /// Whether it may be otherwise in a moment.
        boolean passing() {
            return this == UNREACHABLE || this == LATE || this == BUSY;
        }
    }
}
