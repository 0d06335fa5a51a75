package dev.ratematch.controller.advice;

import static dev.ratematch.controller.advice.Shown.said;
import static dev.ratematch.controller.advice.Shown.seconds;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Lengths and latencies of the traffic in sentences, whether or not they are known.
final class TrafficText {

    /// A bucket that is wider than this share of the quantile in it is shown with it.
    private static final double COARSE = 0.2;

    private TrafficText() {}

    /// What is asked.
    static String prompts(TrafficReading traffic) {
        var isl = traffic.inputTokensMean();
        if (isl instanceof Reading.NoTraffic) {
            return "no request ended in the window: ISL has no mean";
        }
        return "%s; %s; %s"
                .formatted(
                        said("ISL", isl, tokens -> text("ISL %.0f tokens mean", tokens)),
                        said(
                                "how much of it is computed",
                                traffic.uncachedInputTokensMean(),
                                tokens -> text("%.0f of them computed", tokens)),
                        said(
                                "the share of prefix hits",
                                traffic.kvHitRate(),
                                share -> text("prefix hits %.0f %%", 100 * share)));
    }

    /// What is answered.
    static String answers(TrafficReading traffic) {
        var osl = traffic.outputTokensMean();
        if (osl instanceof Reading.NoTraffic) {
            return "no request ended in the window: OSL has no mean";
        }
        return "%s; %s"
                .formatted(
                        said("OSL", osl, tokens -> text("OSL %.0f tokens mean", tokens)),
                        said(
                                "how many tokens a decode step makes",
                                traffic.acceptLength(),
                                tokens -> text("%.2f tokens a decode step", tokens)));
    }

    /// How long it takes.
    static String latency(TrafficReading traffic, double percentile) {
        String at = "p" + Shown.plain(percentile);
        return "%s; %s"
                .formatted(
                        latency(
                                "TTFT",
                                traffic.ttftMeanSeconds(),
                                quantile(
                                        traffic.ttftQuantileSeconds(),
                                        traffic.resolution().ttft(),
                                        at)),
                        latency(
                                "ITL",
                                traffic.itlMeanSeconds(),
                                quantile(
                                        traffic.itlQuantileSeconds(),
                                        traffic.resolution().itl(),
                                        at)));
    }

    private static String latency(String name, Reading mean, String quantile) {
        return mean instanceof Reading.NoTraffic
                ? "no %s was observed in the window".formatted(name)
                : said(name, mean, s -> "%s %s mean, %s".formatted(name, seconds(s), quantile));
    }

    private static String quantile(Reading quantile, @Nullable Bucket bucket, String at) {
        String shown = said(at, quantile, s -> "%s at %s".formatted(seconds(s), at));
        return bucket != null && coarse(quantile, bucket)
                ? "%s (%s)".formatted(shown, within(bucket))
                : shown;
    }

    private static boolean coarse(Reading quantile, Bucket bucket) {
        return quantile.known() && bucket.upper() - bucket.lower() > COARSE * quantile.orElse(0);
    }

    /// Where in the bucket the quantile lies is not told by it.
    private static String within(Bucket bucket) {
        return Double.isFinite(bucket.upper())
                ? "between %s and %s".formatted(bound(bucket.lower()), seconds(bucket.upper()))
                : "%s or more".formatted(seconds(bucket.lower()));
    }

    private static String bound(double seconds) {
        return seconds == 0 ? "0" : seconds(seconds);
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
