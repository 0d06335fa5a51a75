package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Instances that answer as engines of a protocol do, and go wrong at random while that is wanted.
final class FaultyFleet {

    /// Router and endpoint updates: requests that still come after the label went.
    static final double ROUTER_LAG_SECONDS = 1.5;

    final Map<String, Engine> engines = new LinkedHashMap<>();
    double now;

    private final RandomGenerator random;
    private final SwitchPolicy policy;
    private final Role template;
    private final List<Double> replacements = new ArrayList<>();
    private int created;

    /// What really is.
    static final class Engine {
        final String name;
        int incarnation = 1;
        Home home;
        Role live;
        long epoch;
        EnginePhase phase = EnginePhase.READY;
        double readyAt;
        double load;
        double drainPerSecond;
        double unroutedAt = Double.NEGATIVE_INFINITY;
        double switchEndsAt = Double.POSITIVE_INFINITY;
        @Nullable Role switchingTo;
        @Nullable Outcome outcome;
        Reply reply = Reply.NONE;
        @Nullable Reply coming;
        double replyAt;
        Load measured = Load.unknown(0);

        /// Last change of label or role by somebody else, or restart; the invariants forgive that.
        double meddledAt = Double.NEGATIVE_INFINITY;

        Engine(String name, Role role, double readyAt) {
            this.name = name;
            this.home = Home.of(role);
            this.live = role;
            this.readyAt = readyAt;
        }
    }

    /// How a switch that an engine began will end.
    enum Outcome {
        DONE,
        ROLLED_BACK,
        BROKEN,
        NOTHING
    }

    FaultyFleet(RandomGenerator random, SwitchPolicy policy, int prefill, int decode) {
        this.random = random;
        this.policy = policy;
        this.template = random.nextBoolean() ? Role.PREFILL : Role.DECODE;
        for (int i = 0; i < prefill + decode; i++) {
            create(i < prefill ? Role.PREFILL : Role.DECODE, 0);
        }
    }

    private void create(Role role, double readyAt) {
        created++;
        var engine = new Engine("pod-" + created, role, readyAt);
        engine.drainPerSecond = random.nextDouble(0.2, 5);
        engines.put(engine.name, engine);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    boolean ready(Engine engine) {
        return now >= engine.readyAt;
    }

    /// Whether it does the job of that pool for the requests that are routed there.
    boolean serves(Engine engine, Role role) {
        return ready(engine)
                && engine.home == Home.of(role)
                && (policy.protocol() == Protocol.LABEL
                        || (engine.live == role && engine.phase == EnginePhase.READY));
    }

    long serving(Role role) {
        return engines.values().stream().filter(engine -> serves(engine, role)).count();
    }

    // --- time ------------------------------------------------------------------------------

    void advance(double seconds) {
        now += seconds;
        for (var engine : engines.values()) {
            if (now >= engine.switchEndsAt) {
                endSwitch(engine);
            }
            if (engine.coming != null && now >= engine.replyAt) {
                engine.reply = engine.coming;
                engine.coming = null;
            }
            if (engine.home != Home.NEITHER && ready(engine)) {
                engine.load = Math.max(0, random.nextInt(-4, 12));
            } else if (now > engine.unroutedAt + ROUTER_LAG_SECONDS) {
                engine.load = Math.max(0, engine.load - engine.drainPerSecond * seconds);
            }
        }
        replacements.removeIf(
                due -> {
                    if (now >= due) {
                        create(template, now + random.nextDouble(5, 40));
                    }
                    return now >= due;
                });
    }

    private void endSwitch(Engine engine) {
        engine.switchEndsAt = Double.POSITIVE_INFINITY;
        var to = engine.switchingTo;
        engine.switchingTo = null;
        if (to == null || engine.outcome == null) {
            throw new IllegalStateException("no switch ends at " + engine.name);
        }
        switch (engine.outcome) {
            case DONE -> {
                engine.live = to;
                engine.epoch++;
                engine.phase = EnginePhase.READY;
            }
            case ROLLED_BACK, NOTHING -> engine.phase = EnginePhase.READY;
            case BROKEN -> engine.phase = EnginePhase.FAILED;
        }
    }

    // --- what goes wrong -------------------------------------------------------------------

    void misfortune() {
        for (var engine : List.copyOf(engines.values())) {
            double luck = random.nextDouble();
            if (luck < 0.006) {
                restart(engine);
            } else if (luck < 0.009) {
                engines.remove(engine.name);
                replacements.add(now + random.nextDouble(0, 20));
            } else if (luck < 0.014) {
                engine.home = List.of(Home.values()).get(random.nextInt(3));
                engine.meddledAt = now;
            } else if (luck < 0.017 && engine.switchingTo == null && engine.load == 0) {
                engine.live = engine.live.other();
                engine.epoch++;
                engine.meddledAt = now;
            } else if (luck < 0.03) {
                engine.drainPerSecond = chance(0.3) ? 0 : random.nextDouble(0.2, 5);
            }
        }
    }

    private void restart(Engine engine) {
        engine.incarnation++;
        engine.live = template;
        engine.epoch = 0;
        engine.phase = EnginePhase.READY;
        engine.switchingTo = null;
        engine.switchEndsAt = Double.POSITIVE_INFINITY;
        engine.load = 0;
        engine.readyAt = now + random.nextDouble(5, 90);
        engine.meddledAt = engine.readyAt;
    }

    /// From now on everybody drains and answers.
    void calm() {
        for (var engine : engines.values()) {
            engine.drainPerSecond = 2;
        }
    }

    // --- looks -----------------------------------------------------------------------------

    List<Instance> look(boolean faulty) {
        var seen = new ArrayList<Instance>();
        for (var engine : engines.values()) {
            seen.add(
                    new Instance(
                            engine.name,
                            String.valueOf(engine.incarnation),
                            engine.home,
                            ready(engine),
                            false,
                            measure(engine, faulty),
                            live(engine, faulty),
                            engine.reply));
        }
        return seen;
    }

    /// A reading may be missing, and may be an old one.
    private Load measure(Engine engine, boolean faulty) {
        if (faulty && chance(0.05)) {
            return Load.unknown(now);
        }
        if (!faulty || chance(0.7)) {
            engine.measured = new Load(engine.load, 0.0, 0.0, now);
        }
        return engine.measured;
    }

    private LiveRole live(Engine engine, boolean faulty) {
        boolean silent =
                policy.protocol() == Protocol.LABEL
                        || !ready(engine)
                        || (faulty && chance(0.05))
                        || (policy.protocol() == Protocol.SGLANG
                                && engine.phase != EnginePhase.READY);
        if (silent) {
            return LiveRole.UNKNOWN;
        }
        return policy.protocol() == Protocol.SGLANG
                ? LiveRole.of(engine.live)
                : new LiveRole(engine.live, engine.epoch, engine.phase);
    }

    /// The controller starts anew: nobody remembers what was answered.
    void forgetReplies() {
        for (var engine : engines.values()) {
            engine.reply = Reply.NONE;
            engine.coming = null;
        }
    }

    // --- orders ----------------------------------------------------------------------------

    void carryOut(Order order, boolean faulty) {
        var engine = engines.get(order.instance());
        if (engine == null) {
            return;
        }
        switch (order) {
            case Order.Unroute _ -> {
                engine.unroutedAt = engine.home == Home.NEITHER ? engine.unroutedAt : now;
                engine.home = Home.NEITHER;
            }
            case Order.Route(_, var role) -> engine.home = Home.of(role);
            case Order.Delete _ -> {
                engines.remove(engine.name);
                replacements.add(now + 5);
            }
            case Order.Ask(_, _, long serial) -> {
                if (engine.reply.serial() != serial) {
                    answer(engine, serial, Reply.Answer.ABLE, faulty);
                }
            }
            case Order.Switch(_, var to, var epoch, long serial) -> {
                if (engine.reply.serial() != serial) {
                    answer(engine, serial, told(engine, to, epoch, faulty), faulty);
                }
            }
        }
    }

    private void answer(Engine engine, long serial, Reply.Answer answer, boolean faulty) {
        engine.reply = new Reply(Reply.Answer.UNDER_WAY, serial, "");
        boolean lost = faulty && chance(0.08);
        boolean no = faulty && answer == Reply.Answer.ABLE && chance(0.1);
        double after =
                answer == Reply.Answer.SWITCHED && engine.switchEndsAt < Double.POSITIVE_INFINITY
                        ? engine.switchEndsAt
                        : now + random.nextDouble(0, 3);
        engine.replyAt = lost ? now + policy.switchTimeoutSeconds() : after;
        var refusal = chance(0.5) ? Reply.Answer.NOT_OFFERED : Reply.Answer.UNAUTHORISED;
        var given = no ? refusal : answer;
        engine.coming = new Reply(lost ? Reply.Answer.UNANSWERED : given, serial, "");
    }

    private Reply.Answer told(Engine engine, Role to, @Nullable Long epoch, boolean faulty) {
        boolean vllm = policy.protocol() == Protocol.VLLM;
        if (engine.phase != EnginePhase.READY) {
            return vllm ? Reply.Answer.CONFLICT : Reply.Answer.REFUSED_UNSAFE;
        }
        if (vllm && (epoch == null || epoch != engine.epoch)) {
            return Reply.Answer.CONFLICT;
        }
        double luck = faulty ? random.nextDouble() : 1;
        if (luck < 0.1) {
            return vllm ? Reply.Answer.CONFLICT : Reply.Answer.REFUSED_SAFE;
        }
        if (luck < 0.15 && !vllm) {
            engine.phase = EnginePhase.FAILED;
            return Reply.Answer.REFUSED_UNSAFE;
        }
        engine.outcome =
                luck < 0.2
                        ? Outcome.BROKEN
                        : luck < 0.25
                                ? Outcome.ROLLED_BACK
                                : luck < 0.3 ? Outcome.NOTHING : Outcome.DONE;
        engine.phase = EnginePhase.SWITCHING;
        engine.switchingTo = to;
        double takes =
                faulty && chance(0.1)
                        ? random.nextDouble(1, 3) * policy.switchTimeoutSeconds()
                        : random.nextDouble(1, 10);
        engine.switchEndsAt = now + takes;
        return vllm ? Reply.Answer.ACCEPTED : Reply.Answer.SWITCHED;
    }
}
