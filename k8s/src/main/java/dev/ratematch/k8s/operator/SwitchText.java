package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.roleswitch.Event;
import dev.ratematch.controller.roleswitch.Held;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.Transaction;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcherStatus.SwitchStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.SwitchesStatus;
import dev.ratematch.k8s.api.WorkersSpec;
import dev.ratematch.k8s.api.WorkersSpec.SwitchProtocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The switches of a RateMatcher in words. Pure.
final class SwitchText {

    /// Whether engines take the switches that the counts want.
    static final String SWITCHABLE = "Switchable";

    private SwitchText() {}

    /// An event of the cluster.
    static Said of(Event event) {
        String text = "%s: %s.".formatted(event.instance(), event.text());
        return switch (event) {
            case Event.Begun _ -> new Said(false, "SwitchBegun", text);
            case Event.GivenUp(_, Result result, _) ->
                    new Said(true, "SwitchGivenUp", "%s (%s)".formatted(text, result.label()));
            case Event.Ended ended -> ended(ended.result(), text);
            case Event.Conflict _ -> new Said(true, "SwitchConflict", text);
            case Event.Stuck _ -> new Said(true, "SwitchStuck", text);
        };
    }

    private static Said ended(Result result, String text) {
        return switch (result) {
            case SWITCHED -> new Said(false, "Switched", text);
            case PUT_RIGHT -> new Said(false, "RolePutRight", text);
            case TURNED_ROUND, NEEDED -> new Said(false, "SwitchCalledOff", text);
            default -> new Said(true, "SwitchFailed", "%s (%s)".formatted(text, result.label()));
        };
    }

    /// The condition: what the engines answered, and what would be right.
    static Condition condition(WorkersSpec workers, SwitchView view, Standing standing) {
        var wrong = List.copyOf(view.wrong().entrySet());
        if (!wrong.isEmpty()) {
            var latest = wrong.getLast();
            return standing.no(
                    SWITCHABLE,
                    StatusText.camel(latest.getValue().result().name()),
                    remedied(workers, latest.getKey(), latest.getValue()));
        }
        if (view.held() == Held.LIVE_ROLE_UNKNOWN && !view.trouble().isEmpty()) {
            return standing.no(
                    SWITCHABLE,
                    StatusText.camel(Held.LIVE_ROLE_UNKNOWN.name()),
                    "spec.workers.switch (protocol %s): no engine that could switch tells its role: %s; protocol, port and secretRef (the API key) must be those of the engines."
                            .formatted(
                                    SwitchLook.protocol(workers.switching().protocol()).label(),
                                    view.trouble()));
        }
        if (view.held() != null && view.held() != Held.AT_ONCE) {
            return standing.no(
                    SWITCHABLE,
                    StatusText.camel(view.held().name()),
                    "No switch starts: %s.".formatted(view.held().text()));
        }
        return standing.yes(SWITCHABLE, "AsWanted", "All planned switches are in progress.");
    }

    private static String remedied(WorkersSpec workers, String instance, SwitchView.Wrong wrong) {
        var of = workers.switching();
        String protocol = SwitchLook.protocol(of.protocol()).label();
        return switch (wrong.result()) {
            case NOT_OFFERED ->
                    "spec.workers.switch.protocol (%s): %s, %s; %s, or use protocol label where instances do either job as they are asked."
                            .formatted(protocol, instance, wrong.text(), offered(of.protocol()));
            case UNAUTHORISED ->
                    "spec.workers.switch.secretRef (%s): %s, %s; give the key that its engine was started with."
                            .formatted(
                                    of.secretRef() == null
                                            ? "none"
                                            : of.secretRef().name() + "/" + of.secretRef().key(),
                                    instance,
                                    wrong.text());
            case NOT_ANSWERED ->
                    "spec.workers.switch (protocol %s): %s, %s; protocol, port and secretRef (the API key) must be those of the engines."
                            .formatted(protocol, instance, wrong.text());
            case REFUSED ->
                    "spec.workers.switch: %s, %s; it serves on in its old role and is tried again later. A transfer backend, a parallelism or memory for CUDA graphs that it names must be another in its template."
                            .formatted(instance, wrong.text());
            default ->
                    "spec.workers.switch: %s was not switched, %s; it is tried again later."
                            .formatted(instance, wrong.text());
        };
    }

    private static String offered(SwitchProtocol protocol) {
        return switch (protocol) {
            case SGLANG -> "start its engine with --enable-pd-role-switch";
            case VLLM ->
                    "start its engine with pd_role in --kv-transfer-config and a version that has"
                            + " /v1/pd_role";
            case LABEL -> "nothing is asked of it";
        };
    }

    /// What is under way, for the status; null where that is nothing, and nothing is advised.
    ///
    /// @param advised what people may do by hand; null where we do it
    static @Nullable SwitchesStatus status(SwitchView view, @Nullable Advice advised) {
        if (view.open().isEmpty() && advised == null) {
            return null;
        }
        return new SwitchesStatus(
                view.open().isEmpty()
                        ? null
                        : view.open().stream().map(SwitchText::status).toList(),
                advised == null ? null : advised.text(),
                advised == null ? null : advised.commands());
    }

    private static SwitchStatus status(Transaction open) {
        return new SwitchStatus(
                open.instance(),
                open.from().label(),
                open.to().label(),
                StatusText.camel(open.phase().name()),
                at(open.sinceSeconds()),
                at(open.deadlineSeconds()),
                open.why().isEmpty() ? null : open.why());
    }

    private static String at(double seconds) {
        return Instant.ofEpochSecond((long) seconds).toString();
    }

    /// What is to be done by hand.
    ///
    /// @param text such as "switch decode-3 to prefill"
    /// @param commands in order
    record Advice(String text, List<String> commands) {}

    /// An instance as advice names it.
    ///
    /// @param engine its base address, as from within the cluster
    /// @param pods the leader first
    record Candidate(String name, String namespace, String engine, List<String> pods) {}

    /// The switches that lead from one split to another with the same instances; null for none.
    ///
    /// @param candidates of each role, those to be switched first in front
    static @Nullable Advice advice(
            WorkersSpec workers, Sizes now, Sizes end, Map<Role, List<Candidate>> candidates) {
        for (var to : Role.values()) {
            int by = Math.min(end.of(to) - now.of(to), now.of(to.other()) - end.of(to.other()));
            var from = candidates.getOrDefault(to.other(), List.of());
            var chosen = from.subList(0, Math.max(0, Math.min(by, from.size())));
            if (!chosen.isEmpty()) {
                var first = chosen.getFirst();
                String more =
                        chosen.size() > 1
                                ? ", then %s"
                                        .formatted(
                                                String.join(
                                                        ", ",
                                                        chosen.stream()
                                                                .skip(1)
                                                                .map(Candidate::name)
                                                                .toList()))
                                : "";
                return new Advice(
                        "switch %s to %s%s".formatted(first.name(), to.label(), more),
                        commands(workers, first, to));
            }
        }
        return null;
    }

    /// Out of routing, until it is empty, switched, seen switched, into the new role.
    private static List<String> commands(WorkersSpec workers, Candidate of, Role to) {
        var label = workers.roleLabel();
        String out =
                label.neither() == null
                        ? label.name() + "-"
                        : label.name() + "=" + label.neither() + " --overwrite";
        var all = new ArrayList<String>();
        all.add(kubectl(of) + out);
        all.add(
                "curl -s %s/metrics | grep -E 'num_requests_(running|waiting)|num_running_reqs|num_queue_reqs'"
                        .formatted(of.engine()));
        switch (workers.switching().protocol()) {
            case SGLANG -> {
                all.add(
                        "curl -sf -X POST %s/pd_role_switch -H 'Content-Type: application/json' -d '{\"new_role\": \"%s\"}'"
                                .formatted(of.engine(), to.label()));
                all.add("curl -sf %s/server_info".formatted(of.engine()));
            }
            case VLLM -> {
                all.add("curl -sf %s/v1/pd_role".formatted(of.engine()));
                all.add(
                        "curl -sf -X POST %s/v1/pd_role -H 'Content-Type: application/json' -d '{\"role\": \"%s\", \"expected_epoch\": EPOCH}'"
                                .formatted(of.engine(), to.label()));
            }
            case LABEL -> {}
        }
        all.add(kubectl(of) + "%s=%s --overwrite".formatted(label.name(), label.value(to)));
        return all;
    }

    private static String kubectl(Candidate of) {
        return String.format(
                Locale.ROOT,
                "kubectl -n %s label pod %s ",
                of.namespace(),
                String.join(" ", of.pods()));
    }
}
