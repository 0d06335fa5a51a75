package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A board and what it sees, changed by hand between looks.
final class Scene {

    static final double DRAIN = 100;
    static final double SWITCH = 30;

    final Map<String, Instance> seen = new LinkedHashMap<>();
    SwitchPolicy policy;
    Switchboard board = Switchboard.EMPTY;
    Sizes desired;
    double now = 1000;
    Turn turn = new Turn(board, List.of(), List.of(), null);

    /// Idle instances `p1..`, `d1..` of the protocol, wanted as they are.
    Scene(Protocol protocol, int prefill, int decode) {
        policy = new SwitchPolicy(protocol, DRAIN, SWITCH, 1, 1, 1);
        desired = new Sizes(prefill, decode);
        for (int i = 1; i <= prefill; i++) {
            add("p" + i, Role.PREFILL);
        }
        for (int i = 1; i <= decode; i++) {
            add("d" + i, Role.DECODE);
        }
    }

    void add(String name, Role role) {
        seen.put(
                name,
                new Instance(
                        name,
                        "1",
                        Home.of(role),
                        true,
                        false,
                        new Load(0.0, 0.0, 0.0, now),
                        live(role, 0),
                        Reply.NONE));
    }

    LiveRole live(Role role, long epoch) {
        return switch (policy.protocol()) {
            case SGLANG -> LiveRole.of(role);
            case VLLM -> new LiveRole(role, epoch, EnginePhase.READY);
            case LABEL -> LiveRole.UNKNOWN;
        };
    }

    /// One look so many seconds later. Labels do as they are ordered; answers are given by hand.
    Scene look(double seconds) {
        now += seconds;
        var all = new ArrayList<Instance>();
        for (var i : seen.values()) {
            var load = i.load();
            all.add(
                    new Instance(
                            i.name(),
                            i.incarnation(),
                            i.home(),
                            i.ready(),
                            i.leaving(),
                            new Load(load.running(), load.waiting(), load.unreadKv(), now),
                            i.live(),
                            i.reply()));
        }
        turn = board.step(policy, desired, all, now);
        board = turn.next();
        for (var order : turn.orders()) {
            switch (order) {
                case Order.Unroute(var name) -> home(name, Home.NEITHER);
                case Order.Route(var name, var role) -> home(name, Home.of(role));
                case Order.Ask _, Order.Switch _, Order.Delete _ -> {}
            }
        }
        return this;
    }

    void change(String name, UnaryOperator<Instance> change) {
        seen.computeIfPresent(name, (_, instance) -> change.apply(instance));
    }

    void home(String name, Home home) {
        change(
                name,
                i ->
                        new Instance(
                                name,
                                i.incarnation(),
                                home,
                                i.ready(),
                                i.leaving(),
                                i.load(),
                                i.live(),
                                i.reply()));
    }

    void ready(String name, boolean ready) {
        change(
                name,
                i ->
                        new Instance(
                                name,
                                i.incarnation(),
                                i.home(),
                                ready,
                                i.leaving(),
                                i.load(),
                                i.live(),
                                i.reply()));
    }

    void live(String name, LiveRole live) {
        change(
                name,
                i ->
                        new Instance(
                                name,
                                i.incarnation(),
                                i.home(),
                                i.ready(),
                                i.leaving(),
                                i.load(),
                                live,
                                i.reply()));
    }

    void running(String name, double running) {
        load(name, new Load(running, 0.0, 0.0, now));
    }

    void load(String name, Load load) {
        change(
                name,
                i ->
                        new Instance(
                                name,
                                i.incarnation(),
                                i.home(),
                                i.ready(),
                                i.leaving(),
                                load,
                                i.live(),
                                i.reply()));
    }

    void restart(String name, Role role, boolean ready) {
        change(
                name,
                i ->
                        new Instance(
                                name,
                                i.incarnation() + "1",
                                i.home(),
                                ready,
                                false,
                                i.load(),
                                ready ? live(role, 0) : LiveRole.UNKNOWN,
                                i.reply()));
    }

    /// The answer to the order that is open for it.
    void answer(String name, Reply.Answer answer) {
        var serial = board.of(name).orElseThrow().serial();
        change(
                name,
                i ->
                        new Instance(
                                name,
                                i.incarnation(),
                                i.home(),
                                i.ready(),
                                i.leaving(),
                                i.load(),
                                i.live(),
                                new Reply(answer, serial, "so it says")));
    }

    /// Where it is by its label.
    Home home(String name) {
        var instance = seen.get(name);
        if (instance == null) {
            throw new IllegalArgumentException(name + " is not there.");
        }
        return instance.home();
    }

    Phase phase(String name) {
        return board.of(name).orElseThrow().phase();
    }

    List<Result> ended() {
        return turn.events().stream()
                .filter(Event.Ended.class::isInstance)
                .map(event -> ((Event.Ended) event).result())
                .toList();
    }

    List<String> conflicts() {
        return turn.events().stream()
                .filter(Event.Conflict.class::isInstance)
                .map(Event::text)
                .toList();
    }

    /// `d1` was asked, has left and is idle; it is told to switch.
    Scene told() {
        desired = new Sizes(desired.prefill() + 1, desired.decode() - 1);
        look(1);
        answer("d1", Reply.Answer.ABLE);
        look(1).look(10);
        return this;
    }
}
