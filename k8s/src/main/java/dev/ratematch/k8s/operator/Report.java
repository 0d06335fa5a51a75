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
/// @param troubles pods that do not serve
/// @param starting whether this process has looked too few times to tell what cannot be read: what
///   grows is told by two scrapes
/// @param record how promises have come out
/// @param contender what is said of younger RateMatchers that are refused; null for none
/// @param shared what is shown of workers that switch roles; null where each role has a target
record Report(
        @Nullable Long generation,
        Resolved resolved,
        Cycle cycle,
        boolean auto,
        @Nullable Refusal refusal,
        List<String> errors,
        List<Trouble> troubles,
        boolean starting,
        TrackRecord record,
        @Nullable String contender,
        @Nullable SharedTarget shared) {

    Report {
        errors = List.copyOf(errors);
        troubles = List.copyOf(troubles);
    }

    Report with(List<String> failures) {
        return new Report(
                generation,
                resolved,
                cycle,
                auto,
                refusal,
                failures,
                troubles,
                starting,
                record,
                contender,
                shared);
    }
}
