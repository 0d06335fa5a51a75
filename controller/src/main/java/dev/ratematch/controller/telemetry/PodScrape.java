package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Dialect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one pod answered in one round of scraping.
///
/// @param pod name, unique within the role and never used again for another pod
/// @param replica that it is of, which several pods and ports may share
/// @param scrape what it exposed; nothing when it could not be read
/// @param error why not; empty when it could
/// @param dialects what it speaks, its engine first
/// @param startedAtSeconds when its process started, on the host's clock; NaN when unknown
/// @param scrapedAtSeconds when it was scraped, on the host's clock; NaN for the round's time
public record PodScrape(
        String pod,
        String replica,
        @Nullable Scrape scrape,
        String error,
        List<Dialect> dialects,
        double startedAtSeconds,
        double scrapedAtSeconds) {

    public PodScrape {
        dialects = List.copyOf(dialects);
    }

    /// An answer of a pod whose start and dialect are not known.
    public static PodScrape of(String pod, Scrape scrape) {
        return new PodScrape(pod, pod, scrape, "", List.of(), Double.NaN, Double.NaN);
    }

    /// An answer in these dialects; without any it is an error.
    public static PodScrape of(String pod, Scrape scrape, Detection spoken) {
        return spoken.known()
                ? new PodScrape(pod, pod, scrape, "", spoken.dialects(), Double.NaN, Double.NaN)
                : failed(pod, spoken.reason());
    }

    /// No answer, and why.
    public static PodScrape failed(String pod, String why) {
        return new PodScrape(pod, pod, null, why, List.of(), Double.NaN, Double.NaN);
    }

    /// The same of that replica.
    public PodScrape in(String other) {
        return new PodScrape(
                pod, other, scrape, error, dialects, startedAtSeconds, scrapedAtSeconds);
    }

    /// The same of a process that started then.
    public PodScrape startedAt(double atSeconds) {
        return new PodScrape(pod, replica, scrape, error, dialects, atSeconds, scrapedAtSeconds);
    }

    /// The same, scraped then.
    public PodScrape scrapedAt(double atSeconds) {
        return new PodScrape(pod, replica, scrape, error, dialects, startedAtSeconds, atSeconds);
    }
}
