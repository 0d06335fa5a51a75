package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Makes one snapshot of vLLM pods in two roles, and of a Dynamo frontend where there is one.
///
/// A request passes a prefill pod and a decode pod, and both count it, so each fact has one source:
/// ISL, hits and prefill times come from prefill pods, OSL and ITL from decode pods (prefill pods
/// report an OSL of 1), arrivals and the user's TTFT from the frontend.
public final class VllmReader {

    private static final Set<String> LOST = Set.of("abort", "error");

    private final double percentile;
    private final double windowSeconds;

    /// A reader.
    ///
    /// @param percentile at which latencies are promised, percent
    /// @param windowSeconds length that increases should cover, seconds
    public VllmReader(double percentile, double windowSeconds) {
        Check.within("percentile", percentile, 1, 99.99);
        Check.positive("windowSeconds", windowSeconds);
        this.percentile = percentile;
        this.windowSeconds = windowSeconds;
    }

    /// The snapshot at `nowSeconds`, from what the histories hold by then.
    public Snapshot read(
            double nowSeconds,
            ScrapeHistory prefillPods,
            ScrapeHistory decodePods,
            @Nullable ScrapeHistory frontend,
            FleetCounts prefillCounts,
            FleetCounts decodeCounts) {
        var prefill = prefillPods.window(nowSeconds, windowSeconds);
        var decode = decodePods.window(nowSeconds, windowSeconds);
        var user = frontend == null ? null : frontend.window(nowSeconds, windowSeconds);
        var warnings = new ArrayList<String>(prefill.warnings());
        warnings.addAll(decode.warnings());
        if (user != null) {
            warnings.addAll(user.warnings());
        }
        return new Snapshot(
                nowSeconds,
                first(
                        user == null ? none() : user.coveredSeconds(),
                        decode.coveredSeconds(),
                        prefill.coveredSeconds()),
                prefillPool(prefill, user, prefillCounts),
                decodePool(decode, decodeCounts),
                traffic(prefill, decode, user),
                warnings);
    }

    private static Reading none() {
        return new Reading.Unknown("there is no frontend");
    }

    private static PoolReading prefillPool(
            ScrapeWindow prefill, @Nullable ScrapeWindow user, FleetCounts counts) {
        Reading queuedTokens =
                user == null
                        ? new Reading.Unknown("vLLM does not expose queued tokens")
                        : user.gauge(
                                s -> "prefill".equals(s.label("worker_type")),
                                VllmNames.WORKER_PREFILL_TOKENS);
        return pool(
                prefill,
                counts,
                prefill.gauge(VllmNames.WAITING),
                queuedTokens,
                new Reading.Unknown("only decode waits for KV"));
    }

    /// vLLM counts a request whose KV has not arrived as waiting too, so those are taken out of the
    /// queue: the two readings never share a request.
    private static PoolReading decodePool(ScrapeWindow decode, FleetCounts counts) {
        var waitingForKv =
                decode.gauge(
                        s -> "deferred".equals(s.label("reason")), VllmNames.WAITING_BY_REASON);
        var waiting = decode.gauge(VllmNames.WAITING);
        var queued =
                waitingForKv.known()
                        ? combine(waiting, waitingForKv, (all, kv) -> Math.max(0, all - kv))
                        : waiting;
        return pool(
                decode,
                counts,
                queued,
                new Reading.Unknown("decode queues requests, not tokens"),
                waitingForKv);
    }

    private static PoolReading pool(
            ScrapeWindow pods,
            FleetCounts counts,
            Reading queued,
            Reading queuedTokens,
            Reading waitingForKv) {
        return new PoolReading(
                Reading.of(counts.desired()),
                Reading.of(counts.ready()),
                Reading.of(counts.starting()),
                Reading.of(counts.pending()),
                Reading.of(counts.draining()),
                Reading.of(counts.failed()),
                queued,
                queuedTokens,
                pods.gauge(VllmNames.RUNNING),
                waitingForKv,
                pods.gaugeMean(VllmNames.KV_USED),
                map(
                        pods.sum(VllmNames.CACHE_CONFIG, VllmReader::kvTokens),
                        tokens -> tokens / Math.max(1, pods.pods())));
    }

    /// The numbers stand in labels: one series an engine, its value always 1.
    private static double kvTokens(Scrape scrape) {
        var configs = scrape.named(VllmNames.CACHE_CONFIG);
        if (configs.isEmpty()) {
            configs = scrape.named(VllmNames.CACHE_CONFIG.replace(':', '_'));
        }
        double tokens = configs.isEmpty() ? Double.NaN : 0;
        for (var sample : configs) {
            tokens +=
                    number(sample.series().label("num_gpu_blocks"))
                            * number(sample.series().label("block_size"));
        }
        return tokens;
    }

    private static double number(@Nullable String text) {
        try {
            return text == null ? Double.NaN : Numbers.parse(text, 0, text.length());
        } catch (NumberFormatException _) {
            return Double.NaN;
        }
    }

    private TrafficReading traffic(
            ScrapeWindow prefill, ScrapeWindow decode, @Nullable ScrapeWindow user) {
        Reading started = user == null ? none() : user.increase(VllmNames.STARTED);
        var isl = prefill.histogram(VllmNames.ISL);
        var osl = decode.histogram(VllmNames.OSL);
        var ttft =
                user == null
                        ? new Tally(Histogram.EMPTY, none(), 0)
                        : user.histogram(VllmNames.USER_TTFT);
        var prefillTtft = prefill.histogram(VllmNames.TTFT);
        var decodeTtft = decode.histogram(VllmNames.TTFT);
        var itl = decode.histogram(VllmNames.ITL);
        if (!isl.readable() && user != null) {
            isl = user.histogram(VllmNames.USER_ISL);
        }
        if (!osl.readable() && user != null) {
            osl = user.histogram(VllmNames.USER_OSL);
        }
        var accept = acceptLength(decode, itl, decodeTtft);
        double perEvent = Math.max(1, accept.orElse(1));
        var hits = hitRate(prefill);
        return new TrafficReading(
                started.known() ? started : inAndOut(prefill, decode),
                !started.known(),
                completed(decode, user),
                user == null
                        ? new Reading.Unknown("vLLM does not expose refusals")
                        : user.increase(
                                s -> "overload".equals(s.label("error_type")), VllmNames.ANSWERED),
                isl.mean(),
                isl.cv2(),
                uncached(prefill, isl.mean(), hits),
                osl.mean(),
                osl.cv2(),
                ttft.readable() ? ttft.mean() : sumOf(prefillTtft.mean(), decodeTtft.mean()),
                ttft.readable()
                        ? ttft.quantile(percentile)
                        : sumOf(prefillTtft.quantile(percentile), decodeTtft.mean()),
                map(itl.mean(), seconds -> seconds / perEvent),
                map(itl.quantile(percentile), seconds -> seconds / perEvent),
                prefill.histogram(VllmNames.PREFILL_TIME).mean(),
                hits,
                accept,
                localShare(decode, decodeTtft),
                decode.histogram(VllmNames.TRANSFER_TIME).mean(),
                isl.histogram().cells());
    }

    /// Arrivals where nothing counts them: what was finished or lost, and what there is more of in
    /// the system than at the window's begin. Requests held back before the pods are not in it.
    private static Reading inAndOut(ScrapeWindow prefill, ScrapeWindow decode) {
        var finished = decode.increase(VllmNames.FINISHED);
        var lost =
                prefill.increase(
                        s -> LOST.contains(label(s, "finished_reason")), VllmNames.FINISHED);
        var growth =
                combine(
                        combine(
                                prefill.growth(VllmNames.RUNNING),
                                prefill.growth(VllmNames.WAITING),
                                Double::sum),
                        combine(
                                decode.growth(VllmNames.RUNNING),
                                decode.growth(VllmNames.WAITING),
                                Double::sum),
                        Double::sum);
        return map(
                combine(combine(finished, lost, Double::sum), growth, Double::sum),
                requests -> Math.max(0, requests));
    }

    private static Reading completed(ScrapeWindow decode, @Nullable ScrapeWindow user) {
        Reading answered =
                user == null
                        ? none()
                        : user.increase(
                                s -> Set.of("success", "").contains(label(s, "status")),
                                VllmNames.ANSWERED);
        return first(
                answered,
                decode.increase(
                        s -> !LOST.contains(label(s, "finished_reason")), VllmNames.FINISHED));
    }

    private static String label(Series series, String name) {
        var value = series.label(name);
        return value == null ? "" : value;
    }

    private static Reading hitRate(ScrapeWindow prefill) {
        return ratio(
                prefill.increase(VllmNames.CACHE_HITS), prefill.increase(VllmNames.CACHE_QUERIES));
    }

    /// The histogram where the engine has it, else the counter by source, else what the hit rate
    /// leaves.
    private static Reading uncached(ScrapeWindow prefill, Reading islMean, Reading hits) {
        var computed = prefill.histogram(VllmNames.COMPUTED);
        if (computed.readable()) {
            return computed.mean();
        }
        var local = localTokens(prefill);
        var share = ratio(local, prefill.increase(VllmNames.PROMPT_BY_SOURCE));
        return combine(
                islMean,
                first(share, map(hits, hit -> 1 - hit)),
                (tokens, part) -> tokens * Math.min(1, Math.max(0, part)));
    }

    private static Reading localTokens(ScrapeWindow pods) {
        return pods.increase(
                s -> "local_compute".equals(s.label("source")), VllmNames.PROMPT_BY_SOURCE);
    }

    /// By tokens; the one token that decode always computes of a transferred prompt is no prefill.
    private static Reading localShare(ScrapeWindow decode, Tally firstTokens) {
        var beyond =
                combine(
                        localTokens(decode),
                        firstTokens.count(),
                        (tokens, requests) -> Math.max(0, tokens - requests));
        return ratio(beyond, decode.increase(VllmNames.PROMPT_BY_SOURCE));
    }

    /// From the drafts where they are counted, else tokens over output events: vLLM observes ITL
    /// once an event, and with speculation an event carries several tokens.
    private static Reading acceptLength(ScrapeWindow decode, Tally itl, Tally firstTokens) {
        var accepted = decode.increase(VllmNames.ACCEPTED);
        var drafts = decode.increase(VllmNames.DRAFTS);
        if (accepted.known() && drafts.known()) {
            return map(ratio(accepted, drafts), perDraft -> 1 + perDraft);
        }
        var events = combine(itl.count(), firstTokens.count(), Double::sum);
        var perEvent = ratio(decode.increase(VllmNames.GENERATED), events);
        return map(perEvent, tokens -> Math.max(1, tokens));
    }

    private static Reading ratio(Reading part, Reading whole) {
        if (part.known() && whole.known() && whole.orElse(0) <= 0) {
            return new Reading.NoTraffic();
        }
        return combine(part, whole, (a, b) -> a / b);
    }

    private static Reading map(Reading reading, DoubleUnaryOperator by) {
        return reading instanceof Reading.Value(double value, double age)
                ? checked(by.applyAsDouble(value), age)
                : reading;
    }

    /// Both must be known; else the first that is not tells why.
    private static Reading combine(Reading a, Reading b, DoubleBinaryOperator by) {
        if (a instanceof Reading.Value(double x, double ageX)) {
            return b instanceof Reading.Value(double y, double ageY)
                    ? checked(by.applyAsDouble(x, y), Math.max(ageX, ageY))
                    : b;
        }
        return a;
    }

    /// The first part, and the second as far as it is known.
    private static Reading sumOf(Reading main, Reading more) {
        return map(main, value -> value + more.orElse(0));
    }

    private static Reading checked(double value, double ageSeconds) {
        return Double.isFinite(value)
                ? new Reading.Value(value, ageSeconds)
                : new Reading.Unknown("the value is no number");
    }

    /// The first that is known, else the last.
    private static Reading first(Reading... readings) {
        for (var reading : readings) {
            if (reading.known()) {
                return reading;
            }
        }
        return readings[readings.length - 1];
    }
}
