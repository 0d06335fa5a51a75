package dev.ratematch.harness.foreign;

import dev.ratematch.controller.filter.StepFilter;
import java.util.HashMap;
import java.util.Map;

/// Prints what each policy reaches on the foreign plant: `ForeignStudy 1 inversion
/// demandMargin=0.1`, `ForeignStudy variants 1`.
///
/// Words in any order: a seed; `inversion`, `calm` or `code-reasoning`; `variants` for every site;
/// `only` for our controller alone; and `key=value` for `options` of the service line
/// (`min_budget_gpus` for the line itself).
final class ForeignStudy {

    private ForeignStudy() {}

    public static void main(String... words) {
        long seed = 1;
        String scenario = "";
        boolean variants = false;
        boolean only = false;
        var options = new HashMap<String, Double>();
        for (String word : words) {
            if (word.contains("=")) {
                var parts = word.split("=", 2);
                options.put(parts[0], Double.valueOf(parts[1]));
            } else if (word.matches("\\d+")) {
                seed = Long.parseLong(word);
            } else if (word.equals("variants")) {
                variants = true;
            } else if (word.equals("only")) {
                only = true;
            } else {
                scenario = word;
            }
        }
        var sites = variants ? Variant.ALL : Variant.ALL.subList(0, 1);
        for (var variant : sites) {
            for (var each :
                    scenario.isEmpty()
                            ? new String[] {"inversion", "calm"}
                            : new String[] {scenario}) {
                print(variant.site(), traffic(variant, each, seed), seed, options, only);
            }
        }
    }

    static Traffic traffic(Variant variant, String scenario, long seed) {
        var site = variant.site();
        var lengths = variant.lengths();
        return switch (scenario) {
            case "inversion" -> Traffic.inversion(site, lengths, seed);
            case "calm" -> Traffic.calm(site, lengths.calm(), seed);
            case "code-reasoning" -> Traffic.codeReasoning(site, seed);
            default ->
                    throw new IllegalArgumentException(
                            "scenario (%s) must be inversion, calm or code-reasoning"
                                    .formatted(scenario));
        };
    }

    /// Our controller on that traffic, from an even split.
    static Score ours(Site site, Traffic traffic, long seed, Map<String, Double> options) {
        var stepped = new Stepped(site, options, new StepFilter()::line);
        return Plant.run(site, traffic, seed, Counts.even(site.replicas()), stepped);
    }

    private static void print(
            Site site, Traffic traffic, long seed, Map<String, Double> options, boolean only) {
        say(
                "%s, %s, seed %d: %d requests"
                        .formatted(site.name(), traffic.name(), seed, traffic.arrivals().size()));
        say(ours(site, traffic, seed, options).line("ratematch"));
        if (only) {
            return;
        }
        var even = Counts.even(site.replicas());
        say(
                Plant.run(site, traffic, seed, even, new TwentyLineRule(site))
                        .line("twenty-line rule"));
        say(Plant.run(site, traffic, seed, even, new FixedSplit(even)).line("fixed " + even));
        var anchors = new Anchors(site, traffic, seed);
        var fixed = anchors.bestFixed();
        say(fixed.score().line(fixed.name() + " (best)"));
        if (traffic.phases().size() > 1) {
            var timetable = anchors.bestTimetable(fixed.prefill());
            say(timetable.score().line(timetable.name()));
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
