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
                    "How replica counts are changed: scale stops and starts replicas; "
                            + "switch lets replicas change their role without a restart; both "
                            + "uses whichever is faster. Default: scale.")
    private @Nullable String actuation;

    @Option(
            names = "--switch-time",
            converter = Seconds.Converter.class,
            paramLabel = "TIME",
            description =
                    "Mean time of a role switch after draining; a replica's first "
                            + "switch to decode takes twice as long. Default: 10s.")
    private @Nullable Seconds time;

    @Option(
            names = "--switches-at-once",
            paramLabel = "N",
            description =
                    "Maximum replicas that switch at the same time. Default: 1 (the "
                            + "table in docs/judge.md uses 4 of 16).")
    private @Nullable Integer atOnce;

    @Option(
            names = "--switch-refused",
            defaultValue = "0",
            paramLabel = "PERCENT",
            description =
                    "Percent of role switches that the engine refuses; a fifth of the "
                            + "refusals restart the replica. Default: ${DEFAULT-VALUE}.")
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
