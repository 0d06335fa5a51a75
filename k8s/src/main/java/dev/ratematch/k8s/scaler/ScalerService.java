package dev.ratematch.k8s.scaler;

import dev.ratematch.controller.publish.Change;
import dev.ratematch.controller.publish.Change.Published;
import dev.ratematch.controller.publish.Change.Removed;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.publish.Recommended;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/// Answers KEDA from the store.
///
/// Unknown is an error, never zero and never "inactive": KEDA takes both for an order to scale in.
/// On an error the HPA behind a ScaledObject keeps its count, or KEDA applies the fallback that the
/// user chose. The metric's specification is no recommendation and is always given, since without
/// it KEDA cannot make its HPA.
final class ScalerService {

    private final Recommendations store;
    private final InstantSource clock;

    ScalerService(Recommendations store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(Contract.SERVICE)
                .addMethod(
                        Contract.IS_ACTIVE,
                        ServerCalls.asyncUnaryCall(
                                (ref, to) -> answer(to, () -> known(trigger(ref)))))
                .addMethod(
                        Contract.STREAM_IS_ACTIVE,
                        ServerCalls.asyncServerStreamingCall(this::stream))
                .addMethod(
                        Contract.GET_METRIC_SPEC,
                        ServerCalls.asyncUnaryCall(
                                (ref, to) ->
                                        answer(to, () -> new Metric(trigger(ref).metric(), 1))))
                .addMethod(
                        Contract.GET_METRICS,
                        ServerCalls.asyncUnaryCall(
                                (request, to) -> answer(to, () -> value(request))))
                .build();
    }

    private static <A> void answer(StreamObserver<A> to, Supplier<A> answer) {
        A value;
        try {
            value = answer.get();
        } catch (StatusRuntimeException e) {
            to.onError(e);
            return;
        }
        to.onNext(value);
        to.onCompleted();
    }

    private static Trigger trigger(ScaledObjectRef ref) {
        try {
            return Trigger.of(ref);
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(
                            "ScaledObject %s/%s: %s"
                                    .formatted(ref.namespace(), ref.name(), e.getMessage()))
                    .asRuntimeException();
        }
    }

    private boolean known(Trigger trigger) {
        var _ = recommended(trigger);
        return true;
    }

    private Metric value(MetricsRequest request) {
        var trigger = trigger(request.ref());
        if (!request.metricName().equals(trigger.metric())) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(
                            "metricName (%s) must be %s, as GetMetricSpec says."
                                    .formatted(request.metricName(), trigger.metric()))
                    .asRuntimeException();
        }
        return new Metric(trigger.metric(), recommended(trigger).now(trigger.role()));
    }

    private Recommended recommended(Trigger trigger) {
        var recommended =
                store.find(trigger.namespace(), trigger.rateMatcher())
                        .orElseThrow(() -> absent(trigger));
        var age = age(recommended);
        if (age.compareTo(trigger.maxAge()) > 0) {
            throw Status.UNAVAILABLE
                    .withDescription(
                            ("The last good recommendation of RateMatcher %s is %d s old, more"
                                            + " than metadata.maxAge (%d s) allows: %s See kubectl -n %s"
                                            + " describe ratematcher %s; until then keep the replicas, or"
                                            + " set spec.fallback of the ScaledObject.")
                                    .formatted(
                                            trigger.target(),
                                            age.toSeconds(),
                                            trigger.maxAge().toSeconds(),
                                            recommended.reason(),
                                            trigger.namespace(),
                                            trigger.rateMatcher()))
                    .asRuntimeException();
        }
        return recommended;
    }

    private StatusRuntimeException absent(Trigger trigger) {
        return Status.NOT_FOUND
                .withDescription(
                        ("RateMatcher %s has no recommendation yet: %s See kubectl -n %s "
                                        + "get ratematcher %s; until then keep the replicas, or set "
                                        + "spec.fallback of the ScaledObject.")
                                .formatted(
                                        trigger.target(),
                                        store.waiting(trigger.namespace(), trigger.rateMatcher())
                                                .orElse(
                                                        "either there is no such "
                                                                + "RateMatcher in this namespace, "
                                                                + "or its first cycle has not "
                                                                + "finished."),
                                        trigger.namespace(),
                                        trigger.rateMatcher()))
                .asRuntimeException();
    }

    private Duration age(Recommended recommended) {
        return Duration.between(recommended.at(), clock.instant());
    }

    /// Says "active" as soon as there is a recommendation young enough, and nothing before: there
    /// is no word for unknown on this stream.
    private void stream(ScaledObjectRef ref, StreamObserver<Boolean> answers) {
        Trigger trigger;
        try {
            trigger = trigger(ref);
        } catch (StatusRuntimeException e) {
            answers.onError(e);
            return;
        }
        var watch = new Watch(trigger, (ServerCallStreamObserver<Boolean>) answers);
        var listening = store.listen(watch::changed);
        watch.answers.setOnCancelHandler(listening::close);
        watch.answers.setOnCloseHandler(listening::close);
    }

    /// One open stream. Called under the store's lock only.
    private final class Watch {

        private final Trigger trigger;
        private final ServerCallStreamObserver<Boolean> answers;
        private boolean active;
        private boolean ended;

        Watch(Trigger trigger, ServerCallStreamObserver<Boolean> answers) {
            this.trigger = trigger;
            this.answers = answers;
        }

        void changed(Change change) {
            boolean ours =
                    change.namespace().equals(trigger.namespace())
                            && change.name().equals(trigger.rateMatcher());
            if (!ours || ended || answers.isCancelled()) {
                return;
            }
            switch (change) {
                case Published(var recommended) -> {
                    boolean young = age(recommended).compareTo(trigger.maxAge()) <= 0;
                    if (young && !active) {
                        answers.onNext(true);
                    }
                    active = young;
                }
                case Removed _ -> {
                    ended = true;
                    answers.onError(absent(trigger));
                }
            }
        }
    }
}
