package dev.ratematch.harness.http;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.roleswitch.Home;
import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.roleswitch.FakeReply;
import dev.ratematch.harness.roleswitch.RoleFake;
import dev.ratematch.harness.roleswitch.SwitchableEngine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Roles of a plant's pods as somebody outside changes them: by the label that routers go by, and
/// by the endpoints of the engines' protocol. Belongs to the plant's owner, as the cluster does.
final class PodRoles {

    /// Of the simulated engines: what can switch, with room for CUDA graphs, GB.
    private static final String BACKEND = "mooncake";

    private static final double FREE_GB = 16;
    private static final double NANOS = 1e9;

    private final Cluster cluster;
    private final Protocol protocol;
    private final Map<String, Worker> workers = new LinkedHashMap<>();

    /// @param fake null where there is no engine to ask
    private record Worker(Engine engine, Home label, @Nullable RoleFake fake) {}

    /// One pod of the plant.
    private final class Engine implements SwitchableEngine {
        private final String pod;
        private long epoch;

        Engine(String pod) {
            this.pod = pod;
        }

        @Override
        public Role role() {
            return PodRoles.this.role(pod);
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public boolean idle() {
            return cluster.requests(pod) == 0;
        }

        @Override
        public boolean captures(Role to) {
            return to != role() && cluster.captures(pod);
        }

        @Override
        public CompletionStage<Ending> switchTo(Role to) {
            var over = new CompletableFuture<Ending>();
            cluster.route(pod, false);
            cluster.changeRole(
                    pod,
                    done -> {
                        epoch += done ? 1 : 0;
                        reroute(pod);
                        over.complete(done ? Ending.DONE : Ending.BROKEN);
                    });
            return over;
        }
    }

    PodRoles(Cluster cluster, Protocol protocol) {
        this.cluster = cluster;
        this.protocol = protocol;
    }

    private Role role(String pod) {
        var serving = cluster.serving(pod);
        if (serving == null) {
            throw new IllegalArgumentException("pod (%s) is not there.".formatted(pod));
        }
        return serving.engine().role();
    }

    /// A pod that began to serve, in the pool of its role.
    void add(String pod) {
        var engine = new Engine(pod);
        var fake =
                switch (protocol) {
                    case SGLANG -> RoleFake.sglang(engine, true, BACKEND, FREE_GB);
                    case VLLM -> RoleFake.vllm(engine, true, () -> cluster.nowNanos() / NANOS);
                    case LABEL -> null;
                };
        workers.put(pod, new Worker(engine, Home.of(engine.role()), fake));
    }

    /// Pods that are there no more are forgotten.
    void keep(Set<String> pods) {
        workers.keySet().retainAll(pods);
    }

    /// Lets what the engines have under way go on.
    void tick() {
        for (var worker : workers.values()) {
            if (worker.fake() != null) {
                worker.fake().tick();
            }
        }
    }

    /// The answer of a pod's role endpoint; null where it has none of that path.
    @Nullable CompletionStage<FakeReply> answer(
            String pod, String method, String path, String body) {
        var worker = workers.get(pod);
        return worker == null || worker.fake() == null || !worker.fake().has(path)
                ? null
                : worker.fake().answer(method, path, body);
    }

    /// The pool that a pod is in by its label.
    Home label(String pod) {
        var worker = workers.get(pod);
        return worker == null ? Home.NEITHER : worker.label();
    }

    /// Sets the label. Where there is no engine to ask, the role goes with it.
    ///
    /// @throws IllegalArgumentException when there is no such pod
    /// @throws IllegalStateException when it has requests and cannot take the other role
    void relabel(String pod, Home label) {
        var worker = workers.get(pod);
        if (worker == null) {
            throw new IllegalArgumentException("pod (%s) is not there.".formatted(pod));
        }
        var wanted = label.role();
        if (protocol == Protocol.LABEL && wanted != null && wanted != role(pod)) {
            int requests = cluster.requests(pod);
            if (requests > 0) {
                throw new IllegalStateException(
                        "%s still has %d requests of its old role; label it neither and wait."
                                .formatted(pod, requests));
            }
            cluster.route(pod, false);
            cluster.relabel(pod);
        }
        workers.put(pod, new Worker(worker.engine(), label, worker.fake()));
        reroute(pod);
    }

    /// An engine gets requests where its label and its role agree.
    private void reroute(String pod) {
        if (cluster.serving(pod) != null) {
            cluster.route(pod, label(pod) == Home.of(role(pod)));
        }
    }
}
