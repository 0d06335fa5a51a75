package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One cycle of a RateMatcher, with what its status needs beside it.
///
/// @param auto whether the spec asks for decisions to be carried out
/// @param refusal why they are not, in mode Auto
/// @param errors what went wrong when the fleet was commanded
/// @param record how promises have come out
/// @param memory what the next start goes on from
/// @param contender what is said of younger RateMatchers that are refused; null for none
record Report(
        @Nullable Long generation,
        Resolved resolved,
        Cycle cycle,
        boolean auto,
        @Nullable Refusal refusal,
        List<String> errors,
        TrackRecord record,
        String memory,
        @Nullable String contender) {

    Report with(List<String> failures) {
        return new Report(
                generation, resolved, cycle, auto, refusal, failures, record, memory, contender);
    }
}
