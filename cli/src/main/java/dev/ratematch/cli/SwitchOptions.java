package dev.ratematch.cli;

import dev.ratematch.controller.spec.Switching;
import dev.ratematch.controller.spec.Switching.Actuation;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.harness.plant.RoleSwitch;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How the replicas of the simulated cluster change their role, and what the service is told of it.
@SuppressWarnings("NullAway.Init")
final class SwitchOptions {

    private static final double PERCENT = 100;

    /// Of the replicas that refuse, those that must be restarted.
    private static final double BROKEN = 0.2;

    @Option(
            names = "--actuation",
            paramLabel = "HOW",
            description =
                    "How counts are carried out: scale stops and starts replicas; switch lets those"
                            + " that one role gives the other change their role, weights in place;"
                            + " both switches as many as that is sooner for. Default: scale.")
    private @Nullable String actuation;

    @Option(
            names = "--switch-time",
            converter = Seconds.Converter.class,
            paramLabel = "TIME",
            description =
                    "Mean time of a switch once the replica has drained, and as long again the first"
                            + " time that it goes to decode. Default: 10s.")
    private @Nullable Seconds time;

    @Option(
            names = "--switches-at-once",
            paramLabel = "N",
            description =
                    "Replicas that may be out of both pools at a time. Default: 1; the table of"
                            + " docs/judge.md has 4 of 16.")
    private @Nullable Integer atOnce;

    @Option(
            names = "--switch-refused",
            defaultValue = "0",
            paramLabel = "PERCENT",
            description =
                    "Percent of the switches that the engine refuses, of which a fifth restart the"
                            + " replica. Default: ${DEFAULT-VALUE}.")
    private double refused;

    /// Puts over a service what is given here.
    ///
    /// @param over of an option and a field: whether the option goes before it
    void over(ServiceFile service, BiPredicate<String, String> over) {
        service.text("actuation", over.test("--actuation", "actuation") ? actuation : null)
                .number(
                        "switching.seconds",
                        over.test("--switch-time", "switching.seconds") && time != null
                                ? time.value()
                                : null)
                .whole(
                        "switching.at_once",
                        over.test("--switches-at-once", "switching.at_once") ? atOnce : null);
    }

    /// What the replicas of the cluster do, as the service has it.
    RoleSwitch of(Switching switching) {
        Check.within("--switch-refused", refused, 0, PERCENT);
        if (switching.actuation() == Actuation.SCALE) {
            return RoleSwitch.NONE;
        }
        double share = refused / PERCENT;
        return RoleSwitch.taking(switching.seconds(), switching.atOnce())
                .refusing(share * (1 - BROKEN), share * BROKEN);
    }
}
