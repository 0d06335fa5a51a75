package dev.ratematch.controller.roleswitch.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.roleswitch.LiveRole;
import dev.ratematch.controller.roleswitch.Order;
import dev.ratematch.controller.roleswitch.Reply;
import dev.ratematch.controller.roleswitch.Reply.Answer;
import dev.ratematch.controller.roleswitch.engine.EngineHttp.Got;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;

/// SGLang with `--enable-pd-role-switch`: an order is answered when it has been carried out. A
/// refusal is HTTP 400 and says by `safe_to_restore` whether the engine serves on.
final class SglangRoles implements EngineRoles {

    private static final String SWITCH = "/pd_role_switch";
    private static final String INFO = "/server_info";

    /// SGLang has no codes for its refusals, only these words.
    private static final String OFF = "enable-pd-role-switch";

    private static final String OTHER_SWITCH = "in progress";
    private static final String BUSY = "not idle";

    private final EngineHttp http;
    private final EngineSettings settings;

    SglangRoles(EngineHttp http, EngineSettings settings) {
        this.http = http;
        this.settings = settings;
    }

    @Override
    public Future<Heard> live(String url) {
        return http.get(url + INFO).map(SglangRoles::heard);
    }

    /// The launch arguments beside it keep the launch role: only the internal states tell.
    private static Heard heard(Got got) {
        if (got.status() != 200) {
            return Heard.trouble(got.text());
        }
        var states = got.json().path("internal_states");
        Role common = null;
        for (var state : states) {
            var role = EngineRoles.role(state.path("disaggregation_mode").asText());
            if (role == null || (common != null && role != common)) {
                return Heard.trouble(
                        "internal_states of "
                                + INFO
                                + " must all have disaggregation_mode prefill or decode; they say "
                                + modes(states));
            }
            common = role;
        }
        return common == null
                ? Heard.trouble(INFO + " has no internal_states; is this an SGLang engine?")
                : Heard.of(LiveRole.of(common));
    }

    private static String modes(JsonNode states) {
        return String.join(", ", states.findValuesAsText("disaggregation_mode"));
    }

    /// The role that it has, as an order: SGLang goes through all that may refuse a switch but the
    /// load, and then does nothing.
    @Override
    public Future<Reply> ask(String url, Order.Ask ask) {
        return http.get(url + INFO)
                .compose(
                        got -> {
                            var role = heard(got).live().role();
                            return role == null
                                    ? Future.succeededFuture(untold(got, ask.serial()))
                                    : post(url, role, settings.readTimeout())
                                            .map(said -> asked(said, ask.serial()));
                        });
    }

    private static Reply untold(Got got, long serial) {
        var answer = got.refusedAtTheDoor();
        return new Reply(answer == null ? Answer.UNANSWERED : answer, serial, heard(got).trouble());
    }

    private static Reply asked(Got got, long serial) {
        var reply = told(got, serial);
        boolean able =
                reply.answer() == Answer.SWITCHED
                        || (reply.answer() == Answer.REFUSED_SAFE && says(got, BUSY));
        boolean other = reply.answer() == Answer.REFUSED_UNSAFE && says(got, OTHER_SWITCH);
        if (able) {
            return new Reply(Answer.ABLE, serial, reply.text());
        }
        return other ? new Reply(Answer.CONFLICT, serial, reply.text()) : reply;
    }

    @Override
    public Future<Reply> tell(String url, Order.Switch order) {
        return post(url, order.to(), settings.switchTimeout())
                .map(got -> told(got, order.serial()));
    }

    private Future<Got> post(String url, Role role, Duration timeout) {
        var body = new LinkedHashMap<String, Object>();
        body.put("new_role", role.label());
        var gigabytes = settings.decodeCudaGraphMemoryGb();
        if (role == Role.DECODE && gigabytes != null) {
            body.put("decode_cuda_graph_memory_gb", gigabytes);
        }
        return http.post(url + SWITCH, body, timeout);
    }

    private static Reply told(Got got, long serial) {
        return new Reply(answer(got), serial, got.text());
    }

    private static Answer answer(Got got) {
        var closed = got.refusedAtTheDoor();
        if (closed != null) {
            return closed;
        }
        var success = got.json().path("success");
        if (!success.isBoolean() || (got.status() != 200 && got.status() != 400)) {
            return Answer.UNANSWERED;
        }
        if (success.booleanValue()) {
            return Answer.SWITCHED;
        }
        if (!got.json().path("safe_to_restore").asBoolean(false)) {
            return Answer.REFUSED_UNSAFE;
        }
        return says(got, OFF) ? Answer.NOT_OFFERED : Answer.REFUSED_SAFE;
    }

    private static boolean says(Got got, String words) {
        return got.json().path("message").asText().contains(words);
    }

    @Override
    public void close() {
        http.close();
    }
}
