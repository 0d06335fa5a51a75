package dev.ratematch.harness.tournament;

import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.harness.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// What each number of the control law is worth: the mean regret with it off, halved and doubled.
public final class Ablation {

    /// One change.
    ///
    /// @param option that is changed
    /// @param value that it has then
    public record Change(Option option, double value) {}

    private final Function<Setting, Tournament> tournaments;
    private final Setting setting;

    /// Around a setting.
    ///
    /// @param tournaments that keep their results in one place
    public Ablation(Setting setting, Function<Setting, Tournament> tournaments) {
        this.setting = setting;
        this.tournaments = tournaments;
    }

    /// Every option off, halved and doubled, where its range allows.
    static List<Change> changes(Tuning law) {
        var changes = new ArrayList<Change>();
        for (var option : Option.values()) {
            double usual = law.value(option);
            for (double value : new double[] {0, usual / 2, usual * 2}) {
                double whole = option.type() == Option.Type.WHOLE ? Math.rint(value) : value;
                if (whole != usual && whole >= option.least() && whole <= option.most()) {
                    changes.add(new Change(option, whole));
                }
            }
        }
        return changes;
    }

    /// The table, in Markdown.
    public String markdown(List<Scenario> scenarios, List<Long> seeds) throws InterruptedException {
        double usual = regret(setting, scenarios, seeds);
        var out = new StringBuilder();
        out.append(
                "Mean regret as it is: %s points.\n\n"
                        .formatted(String.format(Locale.ROOT, "%.2f", usual)));
        out.append("| option | value | changes mean regret by, points |\n|---|---|---|\n");
        for (var change : changes(setting.law())) {
            var other = setting.with(setting.law().with(change.option(), change.value()));
            out.append(
                    String.format(
                            Locale.ROOT,
                            "| `%s` | %s | %+.2f |\n",
                            change.option().key(),
                            Option.plain(change.value()),
                            regret(other, scenarios, seeds) - usual));
        }
        return out.toString();
    }

    private double regret(Setting with, List<Scenario> scenarios, List<Long> seeds)
            throws InterruptedException {
        return tournaments
                .apply(with)
                .run(scenarios, seeds, List.of(Policies.ORACLE, Policies.OURS))
                .meanRegret(Policies.OURS)
                .orElse(Double.NaN);
    }
}
