package dev.ratematch.controller.host;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.ExpositionException;
import dev.ratematch.controller.telemetry.ExpositionParser;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.ScrapeHistory;
import dev.ratematch.controller.telemetry.VllmNames;
import dev.ratematch.controller.telemetry.VllmReader;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.controller.telemetry.scrape.Target.Source;
import java.util.List;
import java.util.function.Supplier;

/// Telemetry of vLLM pods, scraped anew at every observation. Over HTTP or in-process, as the
/// fetcher has it; a body that is no metrics text is that pod's error. Confined to one thread.
public final class VllmTelemetry implements Telemetry {

    private final Fetcher fetcher;
    private final Supplier<List<Target>> targets;
    private final Fleet fleet;
    private final VllmReader reader;
    private final ExpositionParser parser = VllmNames.parser();
    private final ScrapeHistory prefill;
    private final ScrapeHistory decode;
    private final ScrapeHistory frontend;

    /// Telemetry from these ports.
    ///
    /// @param targets the endpoints of this moment; asked at every observation
    /// @param percentile at which latencies are promised, percent
    /// @param windowSeconds length that increases should cover; the time between two observations
    ///   keeps windows from overlapping
    public VllmTelemetry(
            Fetcher fetcher,
            Supplier<List<Target>> targets,
            Fleet fleet,
            double percentile,
            double windowSeconds) {
        this.fetcher = fetcher;
        this.targets = targets;
        this.fleet = fleet;
        this.reader = new VllmReader(percentile, windowSeconds);
        double retain = 2 * windowSeconds;
        double stale = Math.max(30, 2 * windowSeconds);
        this.prefill = new ScrapeHistory("prefill", retain, stale);
        this.decode = new ScrapeHistory("decode", retain, stale);
        this.frontend = new ScrapeHistory("frontend", retain, stale);
    }

    @Override
    public Snapshot observe(double atSeconds) {
        var now = targets.get();
        var answers = fetcher.fetch(now);
        prefill.append(atSeconds, parsed(answers, Source.PREFILL));
        decode.append(atSeconds, parsed(answers, Source.DECODE));
        frontend.append(atSeconds, parsed(answers, Source.FRONTEND));
        boolean hasFrontend = now.stream().anyMatch(t -> t.source() == Source.FRONTEND);
        return reader.read(
                atSeconds,
                prefill,
                decode,
                hasFrontend ? frontend : null,
                fleet.counts(Role.PREFILL),
                fleet.counts(Role.DECODE));
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
            return PodScrape.of(pod, parser.parse(answer.body()));
        } catch (ExpositionException e) {
            return PodScrape.failed(pod, String.valueOf(e.getMessage()));
        }
    }
}
