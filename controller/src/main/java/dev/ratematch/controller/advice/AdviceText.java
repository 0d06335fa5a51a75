package dev.ratematch.controller.advice;

import static dev.ratematch.controller.advice.Shown.number;
import static dev.ratematch.controller.advice.Shown.rate;
import static dev.ratematch.controller.advice.Shown.seconds;

import dev.ratematch.controller.core.Assessment;
import dev.ratematch.controller.core.Forecast;
import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import dev.ratematch.costmodel.text.Look;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/// One cycle of advice for people. Pure.
public final class AdviceText {

    private static final String RECOMMENDED = "Recommendation:";
    private static final String BROKEN = "Promise broken:";

    /// Characters of an instant before its time of day.
    private static final int DATE = "2026-01-01T".length();

    private AdviceText() {}

    /// What is served and where it is looked at; said once.
    public static String heading(Service service, String source, Look look) {
        var slo = service.spec().slo();
        String text =
                """
                %s %s on %s by %s; prefill %s, decode %s; budget %d GPUs
                targets: TTFT %s, ITL %s at p%s; source: %s
                """
                        .formatted(
                                service.model(),
                                service.precision(),
                                service.gpu(),
                                service.engine(),
                                service.prefillParallel(),
                                service.decodeParallel(),
                                service.spec().budgetGpus(),
                                seconds(slo.ttftSeconds()),
                                seconds(slo.itlSeconds()),
                                Shown.plain(slo.percentile()),
                                source);
        return look.text(text);
    }

    /// The whole of it.
    public static String of(Round round, Look look) {
        var text = new StringBuilder();
        var snapshot = round.snapshot();
        text.append("%nObserved, at %s%n".formatted(at(snapshot)));
        observed(text, round);
        var assessed = round.assessment();
        if (assessed != null) {
            text.append("%nModel%n".formatted());
            model(text, round, assessed);
        }
        for (var breach : round.cycle().breaches()) {
            text.append(
                    ("%n" + BROKEN + " %s is %s mean, %s at the percentile; promised %s%n")
                            .formatted(
                                    breach.promise(),
                                    shown(breach.mean()),
                                    shown(breach.quantile()),
                                    seconds(breach.promisedSeconds())));
        }
        var late = assessed == null ? null : assessed.pastSaving();
        String lost = late == null ? null : late.text(round.service().spec().slo().ttftSeconds());
        if (lost != null) {
            text.append("%n%s%n".formatted(lost));
        }
        text.append(("%n" + RECOMMENDED + " %s%n").formatted(Prospect.recommendation(round)));
        line(text, "reason", round.cycle().explanation().text());
        String gain = Prospect.gain(round);
        if (gain != null) {
            line(text, "gain", gain);
        }
        if (assessed != null) {
            line(text, "confidence", round.confidence().text());
        }
        line(text, "next", Prospect.next(round));
        String changes = Prospect.changes(round);
        if (changes != null) {
            line(text, "changes", changes);
        }
        for (String warning : warnings(round)) {
            line(text, "note", warning);
        }
        return painted(text.toString(), look);
    }

    /// What is recommended and what is broken stand out, parts have their name in bold.
    private static String painted(String text, Look look) {
        if (look.equals(Look.PLAIN)) {
            return text;
        }
        var painted = new StringBuilder();
        for (var line : text.lines().toList()) {
            for (var each : look.folded(line)) {
                painted.append(painted(line, each, look)).append(System.lineSeparator());
            }
        }
        return painted.toString();
    }

    private static String painted(String line, String part, Look look) {
        if (line.startsWith(RECOMMENDED)) {
            return look.good(part);
        }
        if (line.startsWith(BROKEN)) {
            return look.bad(part);
        }
        if (line.startsWith("  limit ")) {
            return look.limit(part);
        }
        return line.startsWith(" ") ? part : look.heading(part);
    }

    private static String shown(Reading latency) {
        return latency.known() ? seconds(latency.orElse(0)) : "unknown";
    }

    /// Where nothing can be read at all.
    ///
    /// @param problems why, and what to do about it
    public static String cannotTell(List<String> problems, Look look) {
        var text = new StringBuilder((RECOMMENDED + " cannot tell%n").formatted());
        line(text, "reason", problems.getFirst());
        problems.stream().skip(1).forEach(more -> line(text, "", more));
        return look.text(text.toString());
    }

    /// Whether two answers say the same: the same to do for the same reason, with the same promises
    /// broken and as much noticed. Figures may differ.
    public static boolean alike(Round before, Round now) {
        return Prospect.recommendation(before).equals(Prospect.recommendation(now))
                && before.cycle().decision().reason() == now.cycle().decision().reason()
                && broken(before).equals(broken(now))
                && warnings(before).size() == warnings(now).size();
    }

    private static List<String> broken(Round round) {
        return round.cycle().breaches().stream()
                .map(breach -> String.valueOf(breach.promise()))
                .toList();
    }

    /// One line for an answer like the one before: when, what to do, what comes, what is kept, and
    /// why. What a narrow terminal has no room for is at its end; the whole text has it.
    public static String brief(Round round, Look look) {
        var snapshot = round.snapshot();
        var traffic = snapshot.traffic();
        boolean counted = traffic.arrived().known() && snapshot.windowSeconds().known();
        String line =
                "%s  %s  %s  TTFT %s  ITL %s  %s"
                        .formatted(
                                at(snapshot).substring(DATE),
                                Prospect.recommendation(round),
                                counted
                                        ? rate(
                                                traffic.arrived().orElse(0)
                                                        / snapshot.windowSeconds().orElse(1))
                                        : "? req/s",
                                shown(traffic.ttftQuantileSeconds()),
                                shown(traffic.itlQuantileSeconds()),
                                round.cycle().explanation().text());
        return line.length() <= look.columns()
                ? line
                : line.substring(0, Math.max(1, look.columns() - 3)) + "...";
    }

    static String at(Snapshot snapshot) {
        return Instant.ofEpochSecond((long) snapshot.atSeconds())
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    private static void line(StringBuilder text, String name, String what) {
        text.append("  %-11s %s%n".formatted(name, what));
    }

    private static void observed(StringBuilder text, Round round) {
        var snapshot = round.snapshot();
        var traffic = snapshot.traffic();
        var spec = round.service().spec();
        line(
                text,
                "replicas",
                "prefill %s; decode %s; %s"
                        .formatted(
                                pool(snapshot.prefill()),
                                pool(snapshot.decode()),
                                gpus(round, spec.budgetGpus())));
        line(text, "requests", requests(snapshot));
        line(text, "prompts", TrafficText.prompts(traffic));
        line(text, "answers", TrafficText.answers(traffic));
        line(text, "latency", TrafficText.latency(traffic, spec.slo().percentile()));
        line(
                text,
                "pools",
                "prefill %s; decode %s"
                        .formatted(load(snapshot.prefill()), load(snapshot.decode())));
    }

    private static String pool(PoolReading pool) {
        var desired = pool.desired();
        if (!desired.known()) {
            return number(desired, 0, "");
        }
        double silent = pool.starting().orElse(0);
        return number(desired, 0, "")
                + (silent > 0
                        ? " (%s answer, %s do not)"
                                .formatted(number(pool.ready(), 0, ""), number(silent, 0))
                        : "");
    }

    private static String gpus(Round round, int budget) {
        var pair = round.cycle().now().sizes();
        return pair == null
                ? "budget %d GPUs".formatted(budget)
                : "%d of %d GPUs".formatted(round.service().spec().gpus(pair), budget);
    }

    private static String requests(Snapshot snapshot) {
        var traffic = snapshot.traffic();
        if (!(traffic.arrived() instanceof Reading.Value(double arrived, _))
                || !snapshot.windowSeconds().known()) {
            return Shown.said(
                    "how many arrived",
                    traffic.arrived(),
                    requests -> number(requests, 0) + " in the window");
        }
        double window = snapshot.windowSeconds().orElse(1);
        double refused = traffic.rejected().orElse(0);
        double sequences = traffic.flow().sequencesPerRequest();
        return "%s%s over %s%s%s"
                .formatted(
                        traffic.arrivedIsLowerBound() ? "at least " : "",
                        rate(arrived / window),
                        seconds(window),
                        refused > 0 ? ", %s of them refused".formatted(rate(refused / window)) : "",
                        sequences > 1 ? ", %s sequences each".formatted(number(sequences, 2)) : "");
    }

    /// What a pool is busy with.
    static String load(PoolReading pool) {
        return "%s, %s, %s"
                .formatted(
                        Shown.said(
                                "what runs",
                                pool.runningRequests(),
                                requests -> number(requests, 0) + " running"),
                        Shown.said(
                                "the queue",
                                pool.queuedRequests(),
                                requests -> number(requests, 0) + " queued"),
                        Shown.said(
                                "the share of KV in use",
                                pool.kvUsed(),
                                share -> "KV %s %% full".formatted(number(100 * share, 0))));
    }

    private static void model(StringBuilder text, Round round, Assessment assessed) {
        line(
                text,
                "demand",
                "%s expected, %s with margin and backlog; ISL %s, OSL %s tokens; %d windows"
                        .formatted(
                                rate(assessed.expected().requestsPerSecond()),
                                rate(assessed.demand().requestsPerSecond()),
                                number(assessed.expected().inputTokens(), 0),
                                number(assessed.expected().outputTokens(), 0),
                                assessed.expected().windows()));
        line(text, assessed.now().pair().ratio(), forecast(assessed.now(), round));
        if (!assessed.end().pair().equals(assessed.now().pair())) {
            line(text, assessed.end().pair().ratio(), forecast(assessed.end(), round));
        }
        line(text, "limit", round.cycle().explanation().limiting().name().toLowerCase(Locale.ROOT));
        var learnt = round.cycle().explanation().calibration();
        line(
                text,
                "correction",
                "prefill %s; decode %s"
                        .formatted(correction(learnt.prefill()), correction(learnt.decode())));
    }

    private static String forecast(Forecast forecast, Round round) {
        return "TTFT %s at p%s, ITL %s mean; carries %s (prefill %s, decode %s, transfer %s)"
                .formatted(
                        seconds(forecast.ttftSeconds()),
                        Shown.plain(round.service().spec().slo().percentile()),
                        seconds(forecast.itlSeconds()),
                        rate(forecast.requestsPerSecond()),
                        rate(forecast.prefill().requestsPerSecond()),
                        rate(forecast.decode().requestsPerSecond()),
                        rate(forecast.transferRequestsPerSecond()));
    }

    private static String correction(Residual residual) {
        return residual.weight() == 0
                ? "as modelled, no corrections learnt"
                : String.format(
                        Locale.ROOT,
                        "%.2f times the model, %+.1f ms",
                        residual.scale(),
                        1e3 * residual.offsetSeconds());
    }

    /// What was noticed, each once.
    static List<String> warnings(Round round) {
        var all = new LinkedHashSet<String>(round.snapshot().warnings());
        for (var note : round.snapshot().traffic().flow().notes()) {
            all.add("%s: %s".formatted(note.kind().label(), note.text()));
        }
        all.addAll(round.service().warnings());
        // What is the reason already is no note beside it.
        all.removeIf(round.cycle().explanation().text()::contains);
        return List.copyOf(all);
    }

    /// Why a cycle could not tell, and what was unknown in it.
    public static List<String> reasons(Round round) {
        var reasons = new LinkedHashSet<String>();
        reasons.add("No recommendation: " + round.cycle().explanation().text());
        var snapshot = round.snapshot();
        var traffic = snapshot.traffic();
        reasons.addAll(warnings(round));
        var readings = new ArrayList<Reading>();
        readings.add(snapshot.prefill().ready());
        readings.add(snapshot.decode().ready());
        readings.add(traffic.arrived());
        readings.add(traffic.inputTokensMean());
        readings.add(traffic.outputTokensMean());
        readings.add(snapshot.windowSeconds());
        for (var reading : readings) {
            switch (reading) {
                case Reading.Unknown(String why) -> reasons.add(why);
                case Reading.Stale(double age) ->
                        reasons.add("the last scrape is %s old".formatted(seconds(age)));
                case Reading.NoTraffic _ -> reasons.add("no request has ended in the window");
                case Reading.Value _ -> {}
            }
        }
        return List.copyOf(reasons);
    }
}
