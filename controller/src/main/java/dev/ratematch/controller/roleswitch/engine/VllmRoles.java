package dev.ratematch.controller.roleswitch.engine;

import dev.ratematch.controller.roleswitch.EnginePhase;
import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.Reply.Answer;
import dev.ratematch.controller.roleswitch.engine.EngineHttp.Got;
import io.vertx.core.Future;
import java.util.LinkedHashMap;

/// vLLM's draft (RFC 56133): an order is accepted with HTTP 202 and carried out whoever listens;
/// role, epoch and phase tell how far it is.
final class VllmRoles implements EngineRoles {

    private static final String PATH = "/v1/pd_role";

    /// What the draft takes as a drain timeout, seconds.
    private static final double DRAIN_SECONDS_MAX = 3600;

    private final EngineHttp http;
    private final EngineSettings settings;

    VllmRoles(EngineHttp http, EngineSettings settings) {
        this.http = http;
        this.settings = settings;
    }

    @Override
    public Future<Heard> live(String url) {
        return http.get(url + PATH).map(VllmRoles::heard);
    }

    private static Heard heard(Got got) {
        if (got.status() != 200) {
            return Heard.trouble(got.text());
        }
        var role = EngineRoles.role(got.json().path("role").asText());
        var epoch = got.json().path("epoch");
        String phase = got.json().path("phase").asText();
        if (role == null || !epoch.isIntegralNumber() || phase.isEmpty()) {
            return Heard.trouble(PATH + " must tell role, epoch and phase; " + got.text());
        }
        return Heard.of(new LiveRole(role, epoch.longValue(), phase(phase)));
    }

    /// Between ready and failed the draft has several phases, and may get more.
    private static EnginePhase phase(String word) {
        return switch (word) {
            case "ready" -> EnginePhase.READY;
            case "rolling_back" -> EnginePhase.ROLLING_BACK;
            case "failed" -> EnginePhase.FAILED;
            default -> EnginePhase.SWITCHING;
        };
    }

    @Override
    public Future<Reply> ask(String url, Order.Ask ask) {
        return http.get(url + PATH).map(got -> new Reply(able(got), ask.serial(), got.text()));
    }

    private static Answer able(Got got) {
        var closed = got.refusedAtTheDoor();
        if (closed != null) {
            return closed;
        }
        var live = heard(got).live();
        if (live.role() == null) {
            return Answer.UNANSWERED;
        }
        return switch (live.phase()) {
            case READY -> Answer.ABLE;
            case FAILED -> Answer.REFUSED_UNSAFE;
            case SWITCHING, ROLLING_BACK, UNTOLD -> Answer.CONFLICT;
        };
    }

    /// The engine is idle when it is told, so its own drain is a matter of moments: half the time
    /// that it has for all, so that it can come back by itself within that time.
    private double drainSeconds() {
        return Math.min(DRAIN_SECONDS_MAX, settings.switchTimeout().toMillis() / 2000.0);
    }

    @Override
    public Future<Reply> tell(String url, Order.Switch order) {
        var epoch = order.expectedEpoch();
        if (epoch == null) {
            return Future.succeededFuture(
                    new Reply(
                            Answer.REFUSED_SAFE,
                            order.serial(),
                            "not sent: the engine's epoch is not known"));
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("role", order.to().label());
        body.put("expected_epoch", epoch);
        body.put("drain_timeout", drainSeconds());
        return http.post(url + PATH, body, settings.readTimeout())
                .map(got -> new Reply(told(got), order.serial(), got.text()));
    }

    private static Answer told(Got got) {
        var closed = got.refusedAtTheDoor();
        if (closed != null) {
            return closed;
        }
        return switch (got.status()) {
            case 200, 202 -> Answer.ACCEPTED;
            case 409 -> Answer.CONFLICT;
            // Turned away before anything was begun.
            case 400, 422 -> Answer.REFUSED_SAFE;
            default -> Answer.UNANSWERED;
        };
    }

    @Override
    public void close() {
        http.close();
    }
}
