package dev.ratematch.controller.recommend;

import dev.ratematch.controller.advice.AdviceText;
import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.advice.Shown;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.LiveSource;
import dev.ratematch.controller.host.PodTelemetry;
import dev.ratematch.controller.host.SeenReplicas;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.publish.Desk;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Doctor;
import io.micrometer.core.instrument.Timer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One run of `recommend`: what is needed is gathered, then advice is given once or again and
/// again.
///
/// @param serviceOf the service on another engine, by the cost model's name
/// @param guesses what of the service was guessed, and by what
/// @param said for people, beside the answer
public record Session(
        Function<String, Service> serviceOf,
        Service asked,
        List<String> guesses,
        LiveSource source,
        Journal journal,
        Desk desk,
        Stop stop,
        InstantSource clock,
        Timing timing,
        Printer printer,
        Consumer<String> said) {

    /// A window must hold two scrapes of a Prometheus, which are up to half a minute apart.
    public static final double WINDOW_SECONDS = 60;

    /// Windows of the past that Prometheus is asked for: enough to learn from, and to see that a
    /// smaller fleet has sufficed for five minutes.
    private static final int PAST_WINDOWS = 10;

    /// Two windows without overlap take three scrapes.
    private static final int SCRAPES = 3;

    private static final int INTERRUPTED = 130;

    /// When to look, and how often.
    ///
    /// @param seconds between two looks
    /// @param windowSeconds that a look covers
    /// @param looks before the end
    /// @param direct whether the past must be waited for
    /// @param detect whether the engine is taken from what is found
    /// @param replicas that are known from elsewhere
    public record Timing(
            double seconds,
            double windowSeconds,
            int looks,
            boolean direct,
            boolean detect,
            Map<Source, Integer> replicas) {}

    /// Takes an answer.
    @FunctionalInterface
    public interface Printer {
        /// An answer.
        ///
        /// @param first of this run
        /// @param title of where it was looked
        void print(Round round, boolean first, String title);
    }

    private double now() {
        return clock.instant().toEpochMilli() / 1e3;
    }

    /// The exit code.
    public int run() {
        var past = new ArrayList<Snapshot>();
        var telemetry = timing.direct() ? telemetry() : stored(past);
        var seen = new SeenReplicas(telemetry, timing.replicas());
        boolean interrupted = timing.direct() && scraped(seen, past);
        if (interrupted) {
            return INTERRUPTED;
        }
        telemetry.identity().notes().forEach(note -> said.accept("note: %s.".formatted(note)));
        var service = service(telemetry);
        var recommender = new Recommender(service, guesses(telemetry, service), journal);
        Fitness.overBudget(recommender.service().spec(), past.getLast())
                .ifPresent(over -> said.accept("note: %s.".formatted(Fitness.said(over))));
        for (var snapshot : past.subList(0, past.size() - 1)) {
            recommender.remember(snapshot);
        }
        var round =
                told(
                        recommender.advise(
                                past.getLast(), objection(telemetry, recommender, past.getLast())),
                        true,
                        desk.begin());
        for (int look = 1; look < timing.looks(); look++) {
            if (stop.within(timing.seconds())) {
                said.accept("Interrupted after %d answers.".formatted(look));
                return INTERRUPTED;
            }
            var began = desk.begin();
            var snapshot = ControlLoop.observe(seen, now());
            var news = recommender.news(snapshot, objection(telemetry, recommender, snapshot));
            if (news.isPresent()) {
                round = told(news.get(), false, began);
            }
        }
        return round.tells() ? 0 : 1;
    }

    /// Advice on figures that a doctor would not trust is worse than none.
    private @Nullable Interlock objection(
            PodTelemetry telemetry, Recommender recommender, Snapshot snapshot) {
        var findings =
                Doctor.examine(
                        LiveSource.patients(telemetry, now()),
                        Doctor.FRESH_SECONDS,
                        recommender.service().model());
        return Fitness.objection(recommender.service(), snapshot, findings).orElse(null);
    }

    private PodTelemetry telemetry() {
        return source.telemetry(asked.spec().slo().percentile(), timing.windowSeconds());
    }

    /// Prometheus has the past. What it did not scrape yet begins anew, so that a pod's life before
    /// its first scrape is never taken for what happened in a window.
    private PodTelemetry stored(List<Snapshot> past) {
        double end = now();
        var telemetry = telemetry();
        boolean begun = false;
        for (int back = PAST_WINDOWS; back >= 0; back--) {
            double seconds = back * timing.windowSeconds();
            source.rewind(seconds);
            telemetry = begun ? telemetry : telemetry();
            var snapshot =
                    ControlLoop.observe(
                            new SeenReplicas(telemetry, timing.replicas()), end - seconds);
            begun |= !telemetry.pods(Source.DECODE).isEmpty();
            if (begun || back == 0) {
                past.add(snapshot);
            }
        }
        return telemetry;
    }

    /// Pods do not have it: it is waited for.
    private boolean scraped(SeenReplicas seen, List<Snapshot> past) {
        said.accept(
                "Reading %s, %d times, %s apart; the answer comes in %s."
                        .formatted(
                                source.title(),
                                SCRAPES,
                                Shown.seconds(timing.seconds()),
                                Shown.seconds((SCRAPES - 1) * timing.seconds())));
        for (int scrape = 0; scrape < SCRAPES; scrape++) {
            if (scrape > 0 && stop.within(timing.seconds())) {
                said.accept("Interrupted before an answer.");
                return true;
            }
            past.add(ControlLoop.observe(seen, now()));
        }
        return false;
    }

    private Service service(PodTelemetry telemetry) {
        var found = Detection.engine(telemetry.detected().values());
        return timing.detect() && found.isPresent() && !found.get().equals(asked.engine())
                ? serviceOf.apply(found.get())
                : asked;
    }

    /// What was guessed, the engine among it where nobody named one.
    private List<String> guesses(PodTelemetry telemetry, Service service) {
        if (!timing.detect()) {
            return guesses;
        }
        boolean found = Detection.engine(telemetry.detected().values()).isPresent();
        var all = new ArrayList<>(guesses);
        all.add(
                "--engine is not given; using %s, %s"
                        .formatted(
                                service.engine(),
                                found
                                        ? "from the names of its metrics"
                                        : "the default, since no metric names show one"));
        return all;
    }

    private Round told(Round round, boolean first, Timer.Sample began) {
        desk.conclude(round, clock.instant(), began);
        printer.print(round, first, source.title());
        if (!round.tells()) {
            AdviceText.reasons(round).forEach(said);
            String last = desk.last(clock.instant());
            if (last != null) {
                said.accept(last);
            }
        }
        return round;
    }
}
