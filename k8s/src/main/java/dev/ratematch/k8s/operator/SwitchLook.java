package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.roleswitch.Home;
import dev.ratematch.controller.roleswitch.Instance;
import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Load;
import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.WorkersSpec;
import dev.ratematch.k8s.api.WorkersSpec.SwitchProtocol;
import dev.ratematch.k8s.fleet.PodLoad;
import dev.ratematch.k8s.fleet.PodWriter;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.fleet.WorkersFleet;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Instances as a switchboard takes them, from pods and from what their engines said.
///
/// @param interval between two reads of metrics and roles
record SwitchLook(WorkersSpec workers, Instant at, SwitchCalls calls, Duration interval) {

    /// Of the spec where it says none: decode's longest answers usually end within it.
    static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(2);

    /// The first capture of CUDA graphs takes tens of seconds.
    static final Duration TIMEOUT = Duration.ofMinutes(1);

    /// A role is of this look while not much more than an interval has passed.
    private static final int INTERVALS = 2;

    private static final int METRICS_PORT = 8000;

    static Protocol protocol(SwitchProtocol of) {
        return switch (of) {
            case SGLANG -> Protocol.SGLANG;
            case VLLM -> Protocol.VLLM;
            case LABEL -> Protocol.LABEL;
        };
    }

    /// Every instance there is.
    List<Instance> instances(WorkersFleet fleet, Loads loads) {
        var all = new ArrayList<Instance>();
        for (var role : Role.values()) {
            var pool = fleet.pool(role);
            var heard = loads.of(pool);
            for (var replica : pool.replicas()) {
                var asked = replica.state() == Replica.State.SWITCHING ? loads.asked() : at;
                all.add(instance(replica, load(role, heard.get(replica.name()), asked)));
            }
        }
        return all;
    }

    private Instance instance(Replica replica, Load load) {
        String incarnation = incarnation(replica);
        var live =
                protocol(workers.switching().protocol()).asksEngine()
                        ? calls.live(
                                replica.name(),
                                incarnation,
                                at,
                                interval.multipliedBy(INTERVALS).plus(TIMEOUT.dividedBy(6)))
                        : LiveRole.UNKNOWN;
        return new Instance(
                replica.name(),
                incarnation,
                WorkersFleet.labelled(workers, replica.leader()).map(Home::of).orElse(Home.NEITHER),
                ready(replica),
                leaving(replica),
                load,
                live,
                calls.reply(replica.name()));
    }

    /// What an engine in the decode role holds, it holds for requests that run; KV that nobody has
    /// read is prefill's.
    private static Load load(Role role, @Nullable PodLoad load, Instant asked) {
        double now = asked.toEpochMilli() / 1e3;
        if (load == null) {
            return Load.unknown(now);
        }
        Double unread = load.kvUsed() > 0 ? 1.0 : 0.0;
        Double kv = Double.isNaN(load.kvUsed()) ? null : unread;
        return new Load(load.requests(), 0.0, role == Role.PREFILL ? kv : (Double) 0.0, now);
    }

    /// Changes when an engine starts anew: the pods, and how often their containers did.
    static String incarnation(Replica replica) {
        return replica.pods().stream()
                .map(pod -> pod.getMetadata().getUid() + "/" + restarts(pod))
                .collect(Collectors.joining(","));
    }

    private static int restarts(Pod pod) {
        return pod.getStatus() == null
                ? 0
                : pod.getStatus().getContainerStatuses().stream()
                        .mapToInt(c -> c.getRestartCount() == null ? 0 : c.getRestartCount())
                        .sum();
    }

    /// Whether all pods of an instance can serve.
    static boolean ready(Replica replica) {
        return replica.pods().stream().allMatch(pod -> Replica.condition(pod, "Ready"));
    }

    /// Whether an instance is on its way out, or has failed.
    static boolean leaving(Replica replica) {
        return switch (replica.state()) {
            case TERMINATING, DRAINING, FAILED -> true;
            case PENDING, SWITCHING, STARTING, READY -> false;
        };
    }

    /// Since when an instance is out of both roles.
    static Instant since(Replica replica, Instant now) {
        var since = PodWriter.outSince(replica);
        return since.equals(Instant.EPOCH) ? now : since;
    }

    /// Where an instance is told to switch: on its leader.
    static String engine(Replica replica, WorkersSpec workers, RateMatcherSpec spec) {
        var telemetry = spec.telemetry();
        var scrape = telemetry == null ? null : telemetry.scrape();
        Integer metrics = scrape == null ? null : scrape.port();
        Integer given = workers.switching().port();
        int port = given != null ? given : metrics != null ? metrics : METRICS_PORT;
        var status = replica.leader().getStatus();
        String ip = status == null || status.getPodIP() == null ? "" : status.getPodIP();
        return "http://%s:%d".formatted(ip.contains(":") ? "[" + ip + "]" : ip, port);
    }
}
