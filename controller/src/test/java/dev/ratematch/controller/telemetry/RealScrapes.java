package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What was recorded of real engines, read over the 15 s between its two scrapes, or over the whole
/// run, which is what their client measured.
///
/// @param prefill files of the prefill pods, without number and suffix
/// @param decode files of the decode pods
/// @param frontend file of the frontend; empty for none
public record RealScrapes(Path folder, List<String> prefill, List<String> decode, String frontend) {

    private static final double SECONDS = 15;

    /// NVIDIA Dynamo: a real frontend before mockers.
    public static RealScrapes dynamo(Path scrapes) {
        return new RealScrapes(
                scrapes.resolve("real"),
                List.of("dynamo-prefill0", "dynamo-prefill1"),
                List.of("dynamo-decode0", "dynamo-decode1", "dynamo-decode2"),
                "dynamo-frontend");
    }

    /// vLLM with NIXL, without a frontend.
    public static RealScrapes vllm(Path scrapes) {
        return new RealScrapes(
                scrapes.resolve("real"), List.of("vllm-prefill"), List.of("vllm-decode"), "");
    }

    /// SGLang's collector, driven; half of the requests do not stream.
    public static RealScrapes sglang(Path scrapes) {
        return new RealScrapes(
                scrapes.resolve("real"),
                List.of("sglang-0.5.23-collector-prefill"),
                List.of("sglang-0.5.23-collector-decode"),
                "");
    }

    /// The same without its frontend.
    public RealScrapes alone() {
        return new RealScrapes(folder, prefill, decode, "");
    }

    /// The body of one scrape.
    ///
    /// @param number 1 or 2
    public String body(String file, int number) {
        return SharedScrapes.read(folder.resolve("%s-%d.prom".formatted(file, number)));
    }

    /// A pod that answers so.
    public static PodScrape pod(String name, String body, Source source) {
        var catalogue = Catalogue.shipped();
        var scrape = ExpositionParser.reading(catalogue).parse(body);
        return PodScrape.of(name, scrape, catalogue.detect(scrape.names(), source));
    }

    /// The 15 s between the scrapes.
    public Snapshot window(double percentile) {
        return read(percentile, true, "");
    }

    /// The same where the frontend says more in its second scrape.
    public Snapshot window(double percentile, String more) {
        return read(percentile, true, more);
    }

    /// From the first request on.
    public Snapshot run(double percentile) {
        return read(percentile, false, "");
    }

    private Snapshot read(double percentile, boolean window, String more) {
        return new EngineReader(percentile, SECONDS)
                .read(
                        2 * SECONDS,
                        history(Source.PREFILL, prefill, window, ""),
                        history(Source.DECODE, decode, window, ""),
                        frontend.isEmpty()
                                ? null
                                : history(Source.FRONTEND, List.of(frontend), window, more),
                        FleetCounts.steady(prefill.size()),
                        FleetCounts.steady(decode.size()));
    }

    private ScrapeHistory history(Source source, List<String> files, boolean window, String more) {
        var history = new ScrapeHistory(source, 60, 40);
        var first = new ArrayList<PodScrape>();
        var second = new ArrayList<PodScrape>();
        for (String file : files) {
            if (window) {
                first.add(pod(file, body(file, 1), source));
            }
            second.add(pod(file, body(file, 2) + more, source));
        }
        history.append(SECONDS, first);
        history.append(2 * SECONDS, second);
        return history;
    }
}
