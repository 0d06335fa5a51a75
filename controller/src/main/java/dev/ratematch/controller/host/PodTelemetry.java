package dev.ratematch.controller.host;

import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Telemetry that can name the pods behind what it observes.
public interface PodTelemetry extends Telemetry {

    /// The pods of a kind at the last observation, each with its newest answer. One that was asked
    /// and refused has its error; one that is there without anything new has neither scrape nor
    /// error.
    List<PodScrape> pods(Source source);

    /// What each pod was found to speak, and why. Pods that have not answered are not in it.
    Map<String, Detection> detected();

    /// Which targets were which pods and replicas at the last observation.
    default Identity identity() {
        return Identity.of(
                Stream.of(Source.values())
                        .map(source -> Identity.of(source, pods(source)))
                        .toList());
    }
}
