package dev.ratematch.controller.telemetry.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.Identity.Member;
import dev.ratematch.controller.telemetry.Identity.State;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// How many targets are how many pods and replicas, for people and as JSON. Pure.
final class HeadCount {

    /// Replicas that are shown one by one.
    private static final int SHOWN_MAX = 8;

    private static final String ROW = "%-9s %-8s %-5s %-9s %s%n";

    private HeadCount() {}

    /// The table, a line a role, and what each replica is made of where it is more than one target.
    static String text(Identity identity) {
        if (identity.members().isEmpty()) {
            return "";
        }
        var text = new StringBuilder(System.lineSeparator());
        text.append(ROW.formatted("role", "targets", "pods", "replicas", "GPUs"));
        for (var source : Source.values()) {
            var members = identity.members().stream().filter(m -> m.source() == source).toList();
            if (!members.isEmpty()) {
                role(text, source, members);
            }
        }
        return text.append(System.lineSeparator()).toString();
    }

    private static void role(StringBuilder text, Source source, List<Member> members) {
        int replicas = distinct(members, Member::replica);
        String gpus = "%d x those of --%s-parallel".formatted(replicas, source.label());
        text.append(
                ROW.formatted(
                        source.label(),
                        members.size(),
                        distinct(members, Member::pod),
                        replicas,
                        source == Source.FRONTEND ? "none" : gpus));
        if (replicas < members.size()) {
            made(text, members);
        }
    }

    private static void made(StringBuilder text, List<Member> members) {
        var made = new TreeMap<String, TreeSet<String>>();
        for (var member : members) {
            String replica = member.replica().isEmpty() ? "no replica" : member.replica();
            made.computeIfAbsent(replica, _ -> new TreeSet<>()).add(target(member));
        }
        made.entrySet().stream()
                .limit(SHOWN_MAX)
                .map(
                        each ->
                                "          %s: %s%n"
                                        .formatted(
                                                each.getKey(), String.join(", ", each.getValue())))
                .forEach(text::append);
        if (made.size() > SHOWN_MAX) {
            text.append("          and %d more%n".formatted(made.size() - SHOWN_MAX));
        }
    }

    private static String target(Member member) {
        return switch (member.state()) {
            case READ -> member.target();
            case DOUBLED -> member.target() + " (the same again)";
            case SILENT -> member.target() + " (does not answer)";
            case HEADLESS -> member.target() + " (has never answered)";
        };
    }

    private static int distinct(List<Member> members, Function<Member, String> of) {
        return (int)
                members.stream()
                        .filter(member -> member.state() != State.HEADLESS)
                        .map(of)
                        .distinct()
                        .count();
    }

    /// An object a target.
    static void json(Identity identity, ArrayNode into) {
        for (var member : identity.members()) {
            into.addObject()
                    .put("role", member.source().label())
                    .put("target", member.target())
                    .put("pod", member.pod())
                    .put("replica", member.replica())
                    .put("state", member.state().name().toLowerCase(Locale.ROOT));
        }
    }
}
