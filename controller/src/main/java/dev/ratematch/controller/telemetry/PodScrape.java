package dev.ratematch.controller.telemetry;

import org.jspecify.annotations.Nullable;

/// What one pod answered in one round of scraping.
///
/// @param pod name, unique within the role and never used again for another pod
/// @param scrape what it exposed; nothing when it could not be read
/// @param error why not; empty when it could
/// @param startedAtSeconds when its process started, on the host's clock; NaN when unknown
public record PodScrape(
        String pod, @Nullable Scrape scrape, String error, double startedAtSeconds) {

    /// An answer of a pod whose start is not known.
    public static PodScrape of(String pod, Scrape scrape) {
        return new PodScrape(pod, scrape, "", Double.NaN);
    }

    /// No answer, and why.
    public static PodScrape failed(String pod, String why) {
        return new PodScrape(pod, null, why, Double.NaN);
    }
}
