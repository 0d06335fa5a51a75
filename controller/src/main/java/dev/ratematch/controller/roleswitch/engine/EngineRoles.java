package dev.ratematch.controller.roleswitch.engine;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Reply;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/// What can be asked of an engine about its role, and told. No future fails: whatever goes wrong is
/// an answer. Questions are asked again at once where no connection came about; an order never is,
/// since it may have arrived.
public interface EngineRoles extends AutoCloseable {

    /// The role that an engine has now. Changes nothing.
    ///
    /// @param url of the engine, without a path, such as `http://10.0.0.7:8000`
    Future<Heard> live(String url);

    /// Whether an engine takes switches. Changes nothing, whatever it does at the moment.
    Future<Reply> ask(String url, Order.Ask ask);

    /// Tells an engine to take a role. The caller has read its live role just before.
    Future<Reply> tell(String url, Order.Switch order);

    /// Closes its connections; the event loops stay with their owner.
    @Override
    void close();

    /// The engines of a protocol.
    static EngineRoles of(Vertx vertx, EngineSettings settings) {
        return switch (settings.protocol()) {
            case SGLANG -> new SglangRoles(new EngineHttp(vertx, settings), settings);
            case VLLM -> new VllmRoles(new EngineHttp(vertx, settings), settings);
            case LABEL -> new LabelRoles();
        };
    }

    /// The role of a protocol's word for it.
    ///
    /// @return null for any other word
    static @Nullable Role role(String word) {
        for (var role : Role.values()) {
            if (role.label().equals(word)) {
                return role;
            }
        }
        return null;
    }
}
