package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Which targets are which pods and which pods are which replicas.
///
/// @param members the targets
/// @param notes what was concluded of them, for people
/// @param faults why nothing may be concluded; empty when all is well
public record Identity(List<Member> members, List<String> notes, List<Fault> faults) {

    /// Nothing seen.
    public static final Identity NOTHING = new Identity(List.of(), List.of(), List.of());

    public Identity {
        members = List.copyOf(members);
        notes = List.copyOf(notes);
        faults = List.copyOf(faults);
    }

    /// One target.
    ///
    /// @param pod empty where it counts as none
    public record Member(Source source, String target, String pod, String replica, State state) {}

    /// What becomes of a target.
    public enum State {
        /// It is read.
        READ,
        /// Another target of the same process is.
        DOUBLED,
        /// It does not answer.
        SILENT,
        /// It has never answered and is no replica.
        HEADLESS
    }

    /// What stands against concluding anything.
    ///
    /// @param fix what to change
    public record Fault(Source source, String subject, String what, String fix) {}

    /// What these say together.
    public static Identity of(Collection<Identity> all) {
        var members = new ArrayList<Member>();
        var notes = new ArrayList<String>();
        var faults = new ArrayList<Fault>();
        for (var one : all) {
            members.addAll(one.members);
            notes.addAll(one.notes);
            faults.addAll(one.faults);
        }
        return new Identity(members, notes, faults);
    }

    /// Pods that are scraped directly: each target is one.
    public static Identity of(Source source, Collection<PodScrape> pods) {
        return new Identity(
                pods.stream()
                        .map(
                                pod ->
                                        new Member(
                                                source,
                                                pod.pod(),
                                                pod.pod(),
                                                pod.replica(),
                                                pod.scrape() == null ? State.SILENT : State.READ))
                        .toList(),
                List.of(),
                List.of());
    }
}
