package dev.ratematch.harness.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// `/v1/pd_role` of vLLM's draft (RFC 56133, pull request 56134): an order is accepted and goes on
/// by itself: it drains, prepares and commits; a drain that does not end rolls back.
final class VllmFake implements RoleFake {

    private static final String PATH = "/v1/pd_role";
    private static final double DRAIN_SECONDS_DEFAULT = 120;
    private static final double DRAIN_SECONDS_MAX = 3600;

    private final SwitchableEngine engine;
    private final boolean enabled;
    private final DoubleSupplier seconds;
    private Phase phase = Phase.READY;
    private @Nullable Role target;
    private @Nullable String error;
    private double drainUntil;

    private enum Phase {
        READY,
        DRAINING,
        COMMITTING,
        ROLLING_BACK,
        FAILED
    }

    VllmFake(SwitchableEngine engine, boolean enabled, DoubleSupplier seconds) {
        this.engine = engine;
        this.enabled = enabled;
        this.seconds = seconds;
    }

    @Override
    public boolean has(String path) {
        return path.equals(PATH);
    }

    @Override
    public CompletionStage<FakeReply> answer(String method, String path, String body) {
        return CompletableFuture.completedFuture(
                switch (method) {
                    case "GET" -> enabled ? status(200) : off();
                    case "POST" -> enabled ? ordered(body) : off();
                    default -> FakeReply.detail(405, "Method Not Allowed");
                });
    }

    private static FakeReply off() {
        return FakeReply.detail(404, "role switching is off: no pd_role was configured");
    }

    private FakeReply status(int code) {
        var status = new LinkedHashMap<String, Object>();
        status.put("role", engine.role().label());
        status.put("epoch", engine.epoch());
        status.put("phase", phase.name().toLowerCase(Locale.ROOT));
        status.put("target_role", target == null ? null : target.label());
        status.put("error", error);
        return FakeReply.of(code, status);
    }

    private FakeReply ordered(String body) {
        var json = FakeReply.parsed(body);
        var to = RoleFake.role(json.path("role").asText());
        var epoch = json.path("expected_epoch");
        double drain = json.path("drain_timeout").asDouble(DRAIN_SECONDS_DEFAULT);
        if (to == null
                || !epoch.isIntegralNumber()
                || epoch.longValue() < 0
                || !(drain > 0 && drain <= DRAIN_SECONDS_MAX)) {
            return FakeReply.detail(
                    422, "role, expected_epoch from 0 and drain_timeout up to 3600 are needed");
        }
        if (phase != Phase.READY) {
            return FakeReply.detail(409, "a transition is under way or has failed");
        }
        long is = engine.epoch();
        if (engine.role() == to && (epoch.longValue() == is || epoch.longValue() == is - 1)) {
            return status(202);
        }
        if (epoch.longValue() != is) {
            return FakeReply.detail(409, "expected_epoch is stale");
        }
        phase = Phase.DRAINING;
        target = to;
        error = null;
        drainUntil = seconds.getAsDouble() + drain;
        var accepted = status(202);
        tick();
        return accepted;
    }

    @Override
    public void tick() {
        if (phase == Phase.ROLLING_BACK) {
            phase = Phase.READY;
        }
        var to = target;
        if (phase != Phase.DRAINING || to == null) {
            return;
        }
        if (engine.idle()) {
            phase = Phase.COMMITTING;
            var _ = engine.switchTo(to).thenAccept(this::ended);
        } else if (seconds.getAsDouble() >= drainUntil) {
            error = "the drain timed out";
            phase = Phase.ROLLING_BACK;
        }
    }

    private void ended(SwitchableEngine.Ending ending) {
        phase =
                switch (ending) {
                    case DONE -> Phase.READY;
                    case UNDONE -> Phase.ROLLING_BACK;
                    case BROKEN -> Phase.FAILED;
                };
        error = ending == SwitchableEngine.Ending.DONE ? null : "the switch did not come about";
    }
}
