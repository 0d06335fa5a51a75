package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import dev.ratematch.k8s.fleet.GpuWidth;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetView;
import dev.ratematch.k8s.operator.SessionStep.Go;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A look at two Deployments of one-GPU pods.
record TwoPools(
        String matcher,
        @Nullable RateMatcherStatus status,
        int prefill,
        int decode,
        String decodeTarget,
        @Nullable String autoscaler,
        @Nullable Refusal ungranted,
        int width,
        String selector,
        Neighbours neighbours) {

    static final int GPUS = 6;
    static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    static final String AUTO = Manifests.matcher("Auto", GPUS);
    static final String RECOMMEND = Manifests.matcher("Recommend", GPUS);
    static final Calibration LEARNT =
            new Calibration(
                    new Residual(1, 2, 3, 4, 5, 0, 1),
                    Residual.NONE,
                    Residual.NONE,
                    Residual.NONE,
                    64_000.0);

    static TwoPools of(String matcher) {
        return new TwoPools(
                matcher,
                null,
                4,
                1,
                Manifests.deployment("decode", 1),
                null,
                null,
                1,
                "app=x",
                Neighbours.NONE);
    }

    TwoPools stored(@Nullable RateMatcherStatus next) {
        return new TwoPools(
                matcher,
                next,
                prefill,
                decode,
                decodeTarget,
                autoscaler,
                ungranted,
                width,
                selector,
                neighbours);
    }

    TwoPools decode(int replicas, String target) {
        return new TwoPools(
                matcher,
                status,
                prefill,
                replicas,
                target,
                autoscaler,
                ungranted,
                width,
                selector,
                neighbours);
    }

    TwoPools scaledBy(@Nullable String hpa) {
        return new TwoPools(
                matcher,
                status,
                prefill,
                decode,
                decodeTarget,
                hpa,
                ungranted,
                width,
                selector,
                neighbours);
    }

    TwoPools ungranted(Refusal why) {
        return new TwoPools(
                matcher,
                status,
                prefill,
                decode,
                decodeTarget,
                autoscaler,
                why,
                width,
                selector,
                neighbours);
    }

    TwoPools wide(int gpus) {
        return new TwoPools(
                matcher,
                status,
                prefill,
                decode,
                decodeTarget,
                autoscaler,
                ungranted,
                gpus,
                selector,
                neighbours);
    }

    TwoPools selecting(String pods) {
        return new TwoPools(
                matcher,
                status,
                prefill,
                decode,
                decodeTarget,
                autoscaler,
                ungranted,
                width,
                pods,
                neighbours);
    }

    TwoPools beside(Neighbours others) {
        return new TwoPools(
                matcher,
                status,
                prefill,
                decode,
                decodeTarget,
                autoscaler,
                ungranted,
                width,
                selector,
                others);
    }

    SessionLook at(Instant at) {
        RateMatcher object = Looks.matcher(matcher);
        object.setStatus(status);
        var spec = object.getSpec();
        return new SessionLook(
                object,
                spec,
                pool(
                        new Side(
                                spec.prefill(),
                                target(Manifests.deployment("prefill", prefill), prefill),
                                new GpuWidth(width, "of the test"),
                                new Routing.None()),
                        prefill,
                        null),
                pool(
                        new Side(
                                spec.decode(),
                                target(decodeTarget, decode),
                                new GpuWidth(width, "of the test"),
                                new Routing.None()),
                        decode,
                        autoscaler),
                spec.accelerator(),
                ungranted,
                neighbours,
                status == null ? null : status.memory(),
                at);
    }

    /// What the status says of it after its first run, with a state to go on from.
    RateMatcherStatus left(State state) {
        var look = at(START);
        var go = go(SessionState.INITIAL, null, look);
        var resolved =
                StatusText.resolved(
                        go.service(),
                        look.spec(),
                        go.interval(),
                        look.prefill().side(),
                        look.decode().side());
        return resolved(resolved, Memory.write(go.service(), state));
    }

    private static SessionLook.Pool pool(Side side, int replicas, @Nullable String hpa) {
        return new SessionLook.Pool(side, replicas, replicas * side.width().gpus(), hpa, false);
    }

    private TargetView target(String yaml, int replicas) {
        return new TargetView(
                Serialization.unmarshal(yaml, GenericKubernetesResource.class), replicas, selector);
    }

    static Go go(SessionState before, @Nullable State loop, SessionLook look) {
        assertThat(SessionStep.of(before, loop, look)).isInstanceOf(Go.class);
        return (Go) SessionStep.of(before, loop, look);
    }

    static Go first(TwoPools scene) {
        return go(SessionState.INITIAL, null, scene.at(START));
    }

    /// After a run that wrote no count.
    static SessionState after(Go go, TwoPools scene) {
        return go.next().left(scene.prefill(), scene.decode());
    }

    /// A state of the controller that has learnt something.
    static State learnt() {
        return State.INITIAL.reconfigured(LEARNT);
    }

    /// The same in the middle of a move.
    static State moving(int prefill, int decode) {
        var learnt = learnt();
        return new State(
                learnt.windows(),
                null,
                null,
                null,
                null,
                null,
                learnt.commanded(),
                Move.planned(new Sizes(4, 1), new Sizes(prefill, decode), 0, 300),
                null,
                null,
                learnt.told(),
                learnt.recent(),
                learnt.calibration(),
                learnt.experience());
    }

    static RateMatcherStatus status(@Nullable String engine, @Nullable String memory) {
        return resolved(
                new Resolved(null, null, null, null, null, engine, null, null, null, null, null),
                memory);
    }

    static RateMatcherStatus resolved(Resolved resolved, @Nullable String memory) {
        return new RateMatcherStatus(
                null, null, resolved, null, null, null, null, null, null, null, null, null, null,
                null, null, null, memory, null);
    }

    static Refusal refused(Go go) {
        return Objects.requireNonNull(go.refusal());
    }

    static Interlock interlock(Go go) {
        return Objects.requireNonNull(go.interlock());
    }
}
