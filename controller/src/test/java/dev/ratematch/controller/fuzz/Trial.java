package dev.ratematch.controller.fuzz;

import dev.ratematch.controller.advice.AdviceJson;
import dev.ratematch.controller.advice.AdviceText;
import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.host.JsonLinesJournal;
import dev.ratematch.controller.host.Lines;
import dev.ratematch.controller.host.LiveSource;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.host.PodTelemetry;
import dev.ratematch.controller.host.PrometheusTelemetry;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Doctor;
import dev.ratematch.controller.telemetry.doctor.DoctorReport;
import dev.ratematch.controller.telemetry.doctor.Readiness;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.costmodel.text.Look;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One input, all the way: a fleet that answers oddly is looked at some times, decided for and
/// examined. Everything in it follows from one seed.
final class Trial {

    private static final double INTERVAL = 30;

    /// Longer ones are refused before anybody reads them.
    private static final int BODY_CHARS_MAX = 4_000_000;

    private static final Selectors SELECTORS =
            new Selectors("role=\"PREFILL\"", "role=\"DECODE\"", "role=\"FRONTEND\"");
    private static final Selectors TWO = new Selectors("role=\"PREFILL\"", "role=\"DECODE\"", "");
    private static final Service SERVICE =
            ServiceFactory.create(
                    ServiceRequest.builder("llama-3.1-70b", "b200", new Slo(2, 0.03, 95), 32)
                            .precision("nvfp4")
                            .build());

    private final Dice dice;
    private final List<String> said = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private String fleetName = "";
    private int look;
    private @Nullable Cycle last;

    private long madeBytes;

    Trial(long seed) {
        this.dice = new Dice(seed);
    }

    /// A fleet that nobody changes.
    private record Steady() implements Fleet {
        @Override
        public FleetCounts counts(Role role) {
            return FleetCounts.steady(2);
        }

        @Override
        public void scale(Role role, int replicas) {}
    }

    /// What was done to the input, for a replay.
    String path() {
        return fleetName + "; " + dice.path();
    }

    /// What making the input took, bytes.
    long madeBytes() {
        return madeBytes;
    }

    /// The last cycle that was reached.
    Optional<Cycle> cycle() {
        return Optional.ofNullable(last);
    }

    /// Looks, decides and examines; answers what is wrong with what came out.
    List<String> run(List<Corpus.Fleet> fleets) {
        var fleet = dice.any(fleets);
        fleetName = fleet.name();
        boolean direct = dice.oneIn(2);
        var store = new Store(fleet, INTERVAL, dice, said);
        var telemetry = direct ? direct(fleet) : through(fleet, store);
        try (var journal = new JsonLinesJournal(Lines.to(new StringWriter()), said::add)) {
            var loop = ControlLoop.of(SERVICE, State.INITIAL, new Steady(), journal);
            var orders = dice.oneIn(2) ? Orders.CONTROL : Orders.ADVICE;
            for (look = 0; look < Corpus.LOOKS; look++) {
                double at = 1 + look * INTERVAL;
                store.now = Store.AHEAD + at;
                var snapshot = telemetry.observe(at);
                heard(snapshot);
                var cycle = loop.decide(snapshot, orders);
                last = cycle;
                decided(cycle, loop.state());
                examined(telemetry, snapshot, at);
            }
        }
        said.forEach(text -> Soundness.sentence(text).ifPresent(wrong::add));
        madeBytes += store.madeBytes();
        return wrong;
    }

    private PodTelemetry direct(Corpus.Fleet fleet) {
        var targets = new ArrayList<Target>();
        for (var source : Source.values()) {
            if (fleet.has(source)) {
                targets.add(new Target(source, source.label() + "-0", "http://a/metrics"));
                targets.add(new Target(source, source.label() + "-1", "http://b/metrics"));
            }
        }
        return new EngineTelemetry(
                asked ->
                        asked.stream()
                                .map(t -> Answer.of(t, body(fleet.text(t.source(), look))))
                                .toList(),
                () -> targets,
                new Steady(),
                95,
                INTERVAL);
    }

    private String body(String text) {
        long before = Allocated.bytes();
        String body = text;
        if (dice.oneIn(4)) {
            dice.note("look %d".formatted(look));
            boolean grammar = !dice.oneIn(4);
            body = grammar ? TextChange.some(text, dice) : text;
            body = !grammar || dice.oneIn(6) ? RawChange.one(body, dice) : body;
        }
        body = body.substring(0, Math.min(BODY_CHARS_MAX, body.length()));
        madeBytes += Allocated.bytes() - before;
        return body;
    }

    private PodTelemetry through(Corpus.Fleet fleet, Store store) {
        return new PrometheusTelemetry(
                store, fleet.has(Source.FRONTEND) ? SELECTORS : TWO, new Steady(), 95, INTERVAL);
    }

    private void heard(Snapshot snapshot) {
        said.addAll(snapshot.warnings());
    }

    private void decided(Cycle cycle, State state) {
        said.add(cycle.explanation().text());
        Soundness.finite(cycle, "cycle").ifPresent(wrong::add);
        Soundness.finite(state, "state").ifPresent(wrong::add);
        var round = new Round(SERVICE, cycle);
        Soundness.shown(AdviceText.of(round, Look.PLAIN)).ifPresent(wrong::add);
        Soundness.json(AdviceJson.of(round).toString()).ifPresent(wrong::add);
    }

    private void examined(PodTelemetry telemetry, Snapshot snapshot, double at) {
        var each = Doctor.examine(LiveSource.patients(telemetry, at), Doctor.FRESH_SECONDS);
        var identity = telemetry.identity();
        said.addAll(identity.notes());
        var findings = Readiness.with(each, identity, snapshot);
        for (var finding : findings) {
            if (!finding.fix().isEmpty()) {
                said.add(finding.what());
                said.add(finding.fix());
            }
        }
        var report = new DoctorReport("fuzz", findings, identity, snapshot.warnings());
        if (report.text(Look.PLAIN, true).isBlank()
                || report.text(new Look(80, true), false).isBlank()
                || report.json().isEmpty()) {
            wrong.add("the doctor says nothing");
        }
    }
}
