package dev.ratematch.harness.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// The role endpoints of one engine. Called by one thread at a time.
public interface RoleFake {

    /// Whether a path is one of its own.
    boolean has(String path);

    /// What it answers; SGLang answers a switch when it is over.
    ///
    /// @param method of HTTP, in capitals
    /// @param path one that it has
    /// @param body as sent; empty for none
    CompletionStage<FakeReply> answer(String method, String path, String body);

    /// Lets what is under way go on, whoever listens.
    void tick();

    /// The engine as SGLang shows it.
    ///
    /// @param enabled whether it was started with `--enable-pd-role-switch`
    /// @param backend that KV caches are sent by; `mori` and `mooncake` can switch
    /// @param freeGb GPU memory that is free for CUDA graphs, GB
    static RoleFake sglang(
            SwitchableEngine engine, boolean enabled, String backend, double freeGb) {
        return new SglangFake(engine, enabled, backend, freeGb);
    }

    /// The engine as vLLM's draft shows it.
    ///
    /// @param enabled whether it was started with a `pd_role`
    /// @param seconds a clock that goes on
    static RoleFake vllm(SwitchableEngine engine, boolean enabled, DoubleSupplier seconds) {
        return new VllmFake(engine, enabled, seconds);
    }

    /// The role of that word; null for any other.
    static @Nullable Role role(String word) {
        for (var role : Role.values()) {
            if (role.label().equals(word)) {
                return role;
            }
        }
        return null;
    }
}
