package dev.ratematch.controller.roleswitch.engine;

import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.Reply.Answer;
import io.vertx.core.Future;

/// Engines that do either job as they are asked (`kv_both`): there is nobody to ask, and nothing to
/// tell; the role is the label.
final class LabelRoles implements EngineRoles {

    @Override
    public Future<Heard> live(String url) {
        return Future.succeededFuture(Heard.of(LiveRole.UNKNOWN));
    }

    @Override
    public Future<Reply> ask(String url, Order.Ask ask) {
        return Future.succeededFuture(
                new Reply(Answer.ABLE, ask.serial(), "its label is its role"));
    }

    @Override
    public Future<Reply> tell(String url, Order.Switch order) {
        return Future.succeededFuture(
                new Reply(Answer.SWITCHED, order.serial(), "its label is its role"));
    }

    @Override
    public void close() {}
}
