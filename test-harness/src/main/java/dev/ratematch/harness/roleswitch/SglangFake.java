package dev.ratematch.harness.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// `POST /pd_role_switch` and `GET /server_info` of SGLang 0.5.21, refusals in its order: what the
/// instance is, then the role, then the load, then the memory.
final class SglangFake implements RoleFake {

    private static final String SWITCH = "/pd_role_switch";
    private static final String INFO = "/server_info";
    private static final Set<String> BACKENDS = Set.of("mori", "mooncake");

    private final SwitchableEngine engine;
    private final boolean enabled;
    private final String backend;
    private final double freeGb;

    /// The launch arguments keep it, whatever happens later.
    private final Role launched;

    private boolean switching;
    private boolean unhealthy;

    /// A refusal.
    private record No(String message, boolean safeToRestore) {}

    SglangFake(SwitchableEngine engine, boolean enabled, String backend, double freeGb) {
        this.engine = engine;
        this.enabled = enabled;
        this.backend = backend;
        this.freeGb = freeGb;
        this.launched = engine.role();
    }

    @Override
    public boolean has(String path) {
        return path.equals(SWITCH) || path.equals(INFO);
    }

    @Override
    public CompletionStage<FakeReply> answer(String method, String path, String body) {
        if (!method.equals(path.equals(SWITCH) ? "POST" : "GET")) {
            return now(FakeReply.detail(405, "Method Not Allowed"));
        }
        return path.equals(INFO) ? now(info()) : ordered(body);
    }

    private static CompletionStage<FakeReply> now(FakeReply reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private FakeReply info() {
        var info = new LinkedHashMap<String, Object>();
        info.put("disaggregation_mode", launched.label());
        info.put("enable_pd_role_switch", enabled);
        info.put("disaggregation_transfer_backend", backend);
        info.put("internal_states", List.of(Map.of("disaggregation_mode", engine.role().label())));
        return FakeReply.of(200, info);
    }

    private CompletionStage<FakeReply> ordered(String body) {
        var json = FakeReply.parsed(body);
        if (!json.path("new_role").isTextual()) {
            return now(FakeReply.detail(422, "new_role is required and must be a string"));
        }
        String word = json.path("new_role").asText().toLowerCase(Locale.ROOT);
        var memory = json.path("decode_cuda_graph_memory_gb");
        var old = engine.role();
        var to = RoleFake.role(word);
        var no = refusal(to, word);
        if (no != null || to == null) {
            return now(refused(no, old, word));
        }
        if (to == old) {
            return now(said(200, true, "nothing to do: it has this role", old, word, false));
        }
        no = unready(to, memory.isNumber() ? memory.doubleValue() : null);
        if (no != null) {
            return now(refused(no, old, word));
        }
        switching = true;
        return engine.switchTo(to).thenApply(ending -> ended(ending, old, word));
    }

    /// What stands against any switch of this instance.
    private @Nullable No refusal(@Nullable Role to, String word) {
        if (!enabled) {
            return new No("this instance was started without --enable-pd-role-switch", true);
        }
        if (unhealthy) {
            return new No("this instance is unhealthy since a switch failed: restart it", false);
        }
        if (switching) {
            return new No("a role switch is in progress here already", false);
        }
        if (to == null) {
            return new No("new_role '%s' is neither prefill nor decode".formatted(word), true);
        }
        return BACKENDS.contains(backend)
                ? null
                : new No("transfer backend '%s' cannot switch roles".formatted(backend), true);
    }

    /// What stands against this one now.
    private @Nullable No unready(Role to, @Nullable Double memoryGb) {
        if (!engine.idle()) {
            return new No("this instance is not idle: drain it before", true);
        }
        if (!engine.captures(to)) {
            return null;
        }
        if (memoryGb == null) {
            return new No("decode_cuda_graph_memory_gb is needed to capture CUDA graphs", true);
        }
        if (memoryGb < 0 || memoryGb > freeGb) {
            return new No(
                    "decode_cuda_graph_memory_gb is %s, and %s GB are free"
                            .formatted(memoryGb, freeGb),
                    true);
        }
        return null;
    }

    private FakeReply ended(SwitchableEngine.Ending ending, Role old, String word) {
        switching = false;
        return switch (ending) {
            case DONE -> said(200, true, "done", old, word, false);
            // Answers quickly and well, which is why the live role is asked for.
            case UNDONE -> said(200, true, "done", old, word, false);
            case BROKEN -> {
                unhealthy = true;
                yield said(400, false, "the switch failed half way: restart", old, word, false);
            }
        };
    }

    private static FakeReply refused(@Nullable No no, Role old, String word) {
        return no == null
                ? said(400, false, "no such role", old, word, true)
                : said(400, false, no.message(), old, word, no.safeToRestore());
    }

    private static FakeReply said(
            int status, boolean success, String message, Role old, String word, boolean safe) {
        var body = new LinkedHashMap<String, Object>();
        body.put("success", success);
        body.put("message", message);
        body.put("old_role", old.label());
        body.put("new_role", word);
        body.put("safe_to_restore", safe);
        return FakeReply.of(status, body);
    }

    @Override
    public void tick() {}
}
