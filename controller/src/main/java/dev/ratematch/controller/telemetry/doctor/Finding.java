package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.Locale;

/// What one check of one pod came to.
///
/// @param subject the pod, or the pods of a kind where all of them are meant
/// @param what was looked at and how it is
/// @param fix what to change; empty where nothing is wrong
public record Finding(
        Source source, String subject, Check check, Verdict verdict, String what, String fix) {

    /// What is looked at.
    public enum Check {
        ENGINE,
        PRESENT,
        FRESH,
        LABELLED,
        ROLE,
        UNIT,
        PLAUSIBLE,
        READY;

        /// The lower-case name used in tables and JSON.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// How it is.
    public enum Verdict {
        /// As it should be.
        GOOD,
        /// It works, at a loss that is said.
        LACKING,
        /// It must be changed.
        FAULT
    }
}
