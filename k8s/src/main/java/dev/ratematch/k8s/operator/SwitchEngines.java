package dev.ratematch.k8s.operator;

import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.Reply.Answer;
import dev.ratematch.controller.roleswitch.engine.EngineRoles;
import dev.ratematch.controller.roleswitch.engine.EngineSettings;
import dev.ratematch.controller.roleswitch.engine.Heard;
import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.k8s.api.WorkersSpec.SwitchSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Engines of every RateMatcher, over HTTP. Those of specs that say the same share their
/// connections. Safe for threads, each of which waits.
final class SwitchEngines implements AutoCloseable {

    /// Beyond the engine's own limit, which answers first.
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Map<Key, EngineRoles> engines = new ConcurrentHashMap<>();

    private record Key(SwitchSpec spec, @Nullable String apiKey) {}

    SwitchEngines(Vertx vertx) {
        this.vertx = vertx;
    }

    /// Those that a spec describes.
    ///
    /// @param apiKey that they ask for; null for none
    SwitchPort of(SwitchSpec spec, @Nullable String apiKey) {
        var settings = settings(spec, apiKey);
        var roles =
                engines.computeIfAbsent(
                        new Key(spec, apiKey), _ -> EngineRoles.of(vertx, settings));
        return new Waiting(roles, settings.switchTimeout());
    }

    private static EngineSettings settings(SwitchSpec spec, @Nullable String apiKey) {
        var timeout =
                Durations.parse("spec.workers.switch.timeout", spec.timeout(), SwitchLook.TIMEOUT);
        var settings = EngineSettings.of(SwitchLook.protocol(spec.protocol()), timeout);
        if (spec.decodeCudaGraphMemoryGb() != null) {
            settings = settings.decodeCudaGraphMemoryGb(spec.decodeCudaGraphMemoryGb());
        }
        return apiKey == null
                ? settings
                : settings.access(Access.OPEN.as(new Access.Bearer(() -> apiKey)));
    }

    @Override
    public void close() {
        engines.values().forEach(EngineRoles::close);
        engines.clear();
    }

    private record Waiting(EngineRoles roles, Duration timeout) implements SwitchPort {

        @Override
        public Heard live(String engine) {
            return await(roles.live(engine), new Heard(LiveRole.UNKNOWN, "it was not waited for"));
        }

        @Override
        public Reply ask(String engine, Order.Ask order) {
            return await(roles.ask(engine, order), unanswered(order.serial()));
        }

        @Override
        public Reply tell(String engine, Order.Switch order) {
            return await(roles.tell(engine, order), unanswered(order.serial()));
        }

        private static Reply unanswered(long serial) {
            return new Reply(Answer.UNANSWERED, serial, "it was not waited for");
        }

        private <T> T await(Future<T> answer, T otherwise) {
            try {
                return answer.toCompletionStage()
                        .toCompletableFuture()
                        .get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return otherwise;
            } catch (ExecutionException | TimeoutException e) {
                return otherwise;
            }
        }
    }
}
