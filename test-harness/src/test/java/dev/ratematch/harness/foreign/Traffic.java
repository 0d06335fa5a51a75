package dev.ratematch.harness.foreign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Requests of a run in the order of their arrival, and the phases that they were drawn from.
/// Growth is independent clients, each busy and quiet by turns, so that the sum is mildly bursty
/// and no burst is multiplied.
///
/// @param name how reports call it
/// @param phases in order
/// @param seconds length of the run
/// @param arrivals in order of time
record Traffic(String name, List<Phase> phases, double seconds, List<Arrival> arrivals) {

    private static final int CLIENTS = 150;
    private static final double BUSY_SECONDS = 60;
    private static final double INPUT_CV = 0.5;
    private static final double OUTPUT_CV = 0.6;
    private static final int INPUT_MOST = 60_000;
    private static final int OUTPUT_MOST = 16_000;
    private static final double LOAD = 0.6;

    /// A time of one kind of requests.
    ///
    /// @param from seconds at which it begins
    /// @param rate mean requests/s
    /// @param swing share by which the rate rises and falls once an hour
    record Phase(double from, Mix mix, double rate, double swing) {

        double rateAt(double at) {
            return rate * (1 + swing * StrictMath.sin(2 * Math.PI * at / 3600));
        }
    }

    /// One request.
    record Arrival(double at, int input, int output) {}

    /// Phases of two mixes by turns, about ten minutes each, an hour in all.
    static Traffic inversion(Site site, Lengths lengths, long seed) {
        var dice = new Dice(seed);
        var phases = new ArrayList<Phase>();
        double at = 0;
        for (int n = 0; n < 6; n++) {
            phases.add(phase(site, at, n % 2 == 0 ? lengths.prompts() : lengths.answers()));
            at += dice.between(540, 660);
        }
        return drawn("inversion", phases, at, dice);
    }

    /// Code, reasoning, code: twenty minutes each.
    static Traffic codeReasoning(Site site, long seed) {
        var code = new Mix(2500, 60);
        var phases =
                List.of(
                        phase(site, 0, code),
                        phase(site, 1200, new Mix(400, 1800)),
                        phase(site, 2400, code));
        return drawn("code-reasoning", phases, 3600, new Dice(seed));
    }

    /// Steady lengths, a rate that swings by a fifth about what leaves its peak at the usual load.
    static Traffic calm(Site site, Mix mix, long seed) {
        double peak = LOAD * site.rate(site.bestSplit(mix), mix);
        return drawn("calm", List.of(new Phase(0, mix, peak / 1.2, 0.2)), 3600, new Dice(seed));
    }

    private static Phase phase(Site site, double from, Mix mix) {
        return new Phase(from, mix, LOAD * site.rate(site.bestSplit(mix), mix), 0);
    }

    private static Traffic drawn(String name, List<Phase> phases, double seconds, Dice dice) {
        double most = 0;
        for (var phase : phases) {
            most = Math.max(most, phase.rate * (1 + phase.swing));
        }
        var arrivals = new ArrayList<Arrival>();
        for (int client = 0; client < CLIENTS; client++) {
            boolean busy = dice.uniform() < 0.5;
            double turn = dice.exponential(BUSY_SECONDS);
            double at = 0;
            while (at < seconds) {
                at += dice.exponential(CLIENTS / (2 * most));
                while (at > turn) {
                    busy = !busy;
                    turn += dice.exponential(BUSY_SECONDS);
                }
                var phase = at(phases, at);
                if (busy && at < seconds && dice.uniform() * most < phase.rateAt(at)) {
                    arrivals.add(
                            new Arrival(
                                    at,
                                    dice.length(phase.mix.input(), INPUT_CV, INPUT_MOST),
                                    dice.length(phase.mix.output(), OUTPUT_CV, OUTPUT_MOST)));
                }
            }
        }
        arrivals.sort(Comparator.comparingDouble(Arrival::at));
        return new Traffic(name, phases, seconds, arrivals);
    }

    private static Phase at(List<Phase> phases, double at) {
        var found = phases.getFirst();
        for (var phase : phases) {
            if (phase.from <= at) {
                found = phase;
            }
        }
        return found;
    }
}
