package dev.ratematch.controller.host;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.EngineReader;
import dev.ratematch.controller.telemetry.ExpositionException;
import dev.ratematch.controller.telemetry.ExpositionParser;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.ScrapeHistory;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.controller.telemetry.scrape.Target;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Telemetry of engines' pods, scraped anew at every observation. Over HTTP or in-process, as the
/// fetcher has it; a body that is no metrics text, or of no engine that is known, is that pod's
/// error. Confined to one thread.
public final class EngineTelemetry implements PodTelemetry {

    private final Fetcher fetcher;
    private final Supplier<List<Target>> targets;
    private final Fleet fleet;
    private final Catalogue catalogue;
    private final EngineReader reader;
    private final ExpositionParser parser;
    private final ScrapeHistory prefill;
    private final ScrapeHistory decode;
    private final ScrapeHistory frontend;
    private final Map<Source, List<PodScrape>> rounds = new EnumMap<>(Source.class);
    private final TreeMap<String, Detection> detected = new TreeMap<>();

    /// Telemetry from these ports, with each pod's engine found from what it exposes.
    ///
    /// @param targets the endpoints of this moment; asked at every observation
    /// @param percentile at which latencies are promised, percent
    /// @param windowSeconds length that increases should cover; the time between two observations
    ///   keeps windows from overlapping
    public EngineTelemetry(
            Fetcher fetcher,
            Supplier<List<Target>> targets,
            Fleet fleet,
            double percentile,
            double windowSeconds) {
        this(fetcher, targets, fleet, percentile, windowSeconds, Catalogue.shipped());
    }

    /// The same with another catalogue: of one engine, or with renamed metrics.
    public EngineTelemetry(
            Fetcher fetcher,
            Supplier<List<Target>> targets,
            Fleet fleet,
            double percentile,
            double windowSeconds,
            Catalogue catalogue) {
        this.fetcher = fetcher;
        this.targets = targets;
        this.fleet = fleet;
        this.catalogue = catalogue;
        this.reader = new EngineReader(percentile, windowSeconds);
        this.parser = ExpositionParser.reading(catalogue);
        double retain = 2 * windowSeconds;
        double stale = Reading.staleSeconds(windowSeconds);
        this.prefill = new ScrapeHistory(Source.PREFILL, retain, stale);
        this.decode = new ScrapeHistory(Source.DECODE, retain, stale);
        this.frontend = new ScrapeHistory(Source.FRONTEND, retain, stale);
    }

    @Override
    public Snapshot observe(double atSeconds) {
        var now = targets.get();
        var answers = fetcher.fetch(now);
        detected.clear();
        for (var source : Source.values()) {
            rounds.put(source, parsed(answers, source));
        }
        prefill.append(atSeconds, pods(Source.PREFILL));
        decode.append(atSeconds, pods(Source.DECODE));
        frontend.append(atSeconds, pods(Source.FRONTEND));
        boolean hasFrontend = now.stream().anyMatch(t -> t.source() == Source.FRONTEND);
        return reader.read(
                atSeconds,
                prefill,
                decode,
                hasFrontend ? frontend : null,
                fleet.counts(Role.PREFILL),
                fleet.counts(Role.DECODE));
    }

    /// What each pod was found to speak at the last observation, and why. Pods that did not answer
    /// are not in it.
    @Override
    public Map<String, Detection> detected() {
        return Collections.unmodifiableMap(detected);
    }

    @Override
    public List<PodScrape> pods(Source source) {
        return rounds.getOrDefault(source, List.of());
    }

    private List<PodScrape> parsed(List<Answer> answers, Source source) {
        return answers.stream()
                .filter(answer -> answer.target().source() == source)
                .map(this::parsed)
                .toList();
    }

    private PodScrape parsed(Answer answer) {
        String pod = answer.target().pod();
        if (!answer.error().isEmpty()) {
            return PodScrape.failed(pod, answer.error());
        }
        try {
            var scrape = parser.parse(answer.body());
            var spoken = catalogue.detect(scrape.names(), answer.target().source());
            detected.put(pod, spoken);
            return PodScrape.of(pod, scrape, spoken);
        } catch (ExpositionException e) {
            return PodScrape.failed(pod, String.valueOf(e.getMessage()));
        }
    }
}
