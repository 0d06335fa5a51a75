package dev.ratematch.controller.telemetry;

import static dev.ratematch.controller.telemetry.ReadingMath.combine;
import static dev.ratematch.controller.telemetry.ReadingMath.first;
import static dev.ratematch.controller.telemetry.ReadingMath.map;
import static dev.ratematch.controller.telemetry.ReadingMath.natural;
import static dev.ratematch.controller.telemetry.ReadingMath.ratio;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Resolution;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.costmodel.units.Check;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Makes one snapshot of engines in two roles, and of a frontend where there is one, whatever their
/// dialects.
///
/// A request passes a prefill pod and a decode pod, and both count it, so each fact has one source:
/// ISL, hits and prefill times come from prefill pods, OSL and ITL from decode pods (prefill pods
/// report an OSL of 1), arrivals and the user's TTFT from the frontend.
public final class EngineReader {

    /// Histograms whose counts differ by more observe different things.
    private static final double ALIKE = 2;

    private final double percentile;
    private final double windowSeconds;

    /// A reader.
    ///
    /// @param percentile at which latencies are promised, percent
    /// @param windowSeconds length that increases should cover, seconds
    public EngineReader(double percentile, double windowSeconds) {
        Check.within("percentile", percentile, Slo.PERCENTILE_MIN, Slo.PERCENTILE_MAX);
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
        var covered =
                first(
                        user == null ? none() : user.coveredSeconds(),
                        decode.coveredSeconds(),
                        prefill.coveredSeconds());
        double localShare = localShare(decode, decode.histogram(Fact.FIRST_TOKEN), user).orElse(0);
        var found =
                new FlowReader(prefill, decode, user, covered.orElse(0))
                        .read(prefillCounts.ready(), decodeCounts.ready(), localShare);
        return new Snapshot(
                nowSeconds,
                covered,
                PoolReader.prefill(prefill, found.user(), prefillCounts),
                PoolReader.decode(decode, found.user(), decodeCounts),
                traffic(prefill, decode, found),
                warnings);
    }

    private static Reading none() {
        return new Reading.Unknown("there is no frontend");
    }

    private TrafficReading traffic(
            ScrapeWindow prefill, ScrapeWindow decode, FlowReader.Found found) {
        var user = found.user();
        var isl = orUser(prefill.histogram(Fact.INPUT_TOKENS), user, Fact.INPUT_TOKENS);
        var osl = orUser(decode.histogram(Fact.OUTPUT_TOKENS), user, Fact.OUTPUT_TOKENS);
        var firstTokens = decode.histogram(Fact.FIRST_TOKEN);
        var ttft = ttft(prefill, decode, firstTokens, user);
        var gaps = decode.histogram(Fact.EVENT_GAP);
        var accept = acceptLength(decode, gaps, firstTokens);
        double perEvent = Math.max(1, accept.orElse(1));
        boolean perToken = decode.offers(Fact.ITL) || seenByUserOnly(decode, user);
        var own = perToken ? itl(decode, gaps, perEvent, user) : gaps;
        var itl = Latency.of(own, percentile).times(perToken ? 1 : 1 / perEvent);
        if (user != null) {
            itl = itl.finer(alike(user.histogram(Fact.ITL), own), percentile);
        }
        var hits = hitRate(prefill, user);
        return new TrafficReading(
                found.arrived(),
                found.lowerBound(),
                first(
                        user == null ? none() : user.increase(Fact.FINISHED),
                        decode.increase(Fact.FINISHED)),
                refused(prefill, decode, user),
                natural(isl.mean()),
                isl.cv2(),
                natural(uncached(prefill, isl.mean(), hits)),
                natural(osl.mean()),
                osl.cv2(),
                natural(ttft.mean()),
                natural(ttft.quantile()),
                natural(itl.mean()),
                natural(itl.quantile()),
                natural(prefillTime(prefill)),
                natural(hits),
                accept,
                natural(localShare(decode, firstTokens, user)),
                natural(transferTime(prefill, decode)),
                isl.histogram().cells(),
                found.flow(),
                new Resolution(ttft.bucket(), itl.bucket()));
    }

    /// The frontend's count has all that its users met; without one both roles' own have.
    private static Reading refused(
            ScrapeWindow prefill, ScrapeWindow decode, @Nullable ScrapeWindow user) {
        if (user != null) {
            return user.increase(Fact.REFUSED);
        }
        var first = prefill.increase(Fact.REFUSED);
        double then = decode.increase(Fact.REFUSED).orElse(0);
        return map(first, requests -> requests + then);
    }

    /// The engines' own where it is readable or nobody's is, so that the reason is theirs.
    private static Tally orUser(Tally own, @Nullable ScrapeWindow user, Fact fact) {
        if (own.readable() || user == null) {
            return own;
        }
        var seen = user.histogram(fact);
        return seen.readable() ? seen : own;
    }

    /// As the frontend sees it, else as decode does where it counts from a request's arrival, else
    /// the sum over both roles.
    private Latency ttft(
            ScrapeWindow prefill,
            ScrapeWindow decode,
            Tally firstTokens,
            @Nullable ScrapeWindow user) {
        var seen = user == null ? Tally.none(none()) : user.histogram(Fact.TTFT);
        var own = decode.offers(Fact.TTFT) ? decode.histogram(Fact.TTFT) : Tally.none(none());
        if (seen.readable()) {
            return Latency.of(seen, percentile).finer(alike(own, seen), percentile);
        }
        return own.readable()
                ? Latency.of(own, percentile)
                : Latency.of(prefill.histogram(Fact.FIRST_TOKEN), percentile)
                        .plus(firstTokens.mean());
    }

    /// A histogram that observes as often as another: one observation a request tells no quantile
    /// of tokens.
    private static Tally alike(Tally tally, Tally other) {
        double ratio = tally.histogram().count() / other.histogram().count();
        return tally.readable() && ratio > 1 / ALIKE && ratio < ALIKE
                ? tally
                : Tally.none(new Reading.Unknown("it observes something else"));
    }

    private static boolean seenByUserOnly(ScrapeWindow decode, @Nullable ScrapeWindow user) {
        return user != null && decode.heard() && !decode.offers(Fact.EVENT_GAP);
    }

    /// Per token: where some engines observe once an output event, they are corrected for the
    /// tokens in it. As the frontend sees it only where the engines have no such metric at all.
    private static Tally itl(
            ScrapeWindow decode, Tally gaps, double perEvent, @Nullable ScrapeWindow user) {
        if (user != null && !decode.offers(Fact.ITL)) {
            return user.histogram(Fact.ITL);
        }
        var own = decode.histogram(Fact.ITL);
        return gaps.readable() ? own.plus(gaps.split(perEvent)) : own;
    }

    private static Reading hitRate(ScrapeWindow prefill, @Nullable ScrapeWindow user) {
        return user != null && prefill.heard() && !prefill.offers(Fact.PREFIX_HITS)
                ? user.histogram(Fact.PREFIX_HITS).mean()
                : prefill.histogram(Fact.PREFIX_HITS).mean();
    }

    /// The histogram where the engine has it, else the counter by source, else what the hit rate
    /// leaves.
    private static Reading uncached(ScrapeWindow prefill, Reading islMean, Reading hits) {
        var computed = prefill.histogram(Fact.COMPUTED_TOKENS);
        if (computed.readable()) {
            return computed.mean();
        }
        var share =
                ratio(prefill.increase(Fact.LOCAL_TOKENS), prefill.increase(Fact.SOURCED_TOKENS));
        return combine(
                islMean,
                first(share, map(hits, hit -> 1 - hit)),
                (tokens, part) -> tokens * Math.min(1, Math.max(0, part)));
    }

    /// Of the last chunk and those before it, a request.
    private static Reading prefillTime(ScrapeWindow prefill) {
        var last = prefill.histogram(Fact.PREFILL_TIME);
        var chunks = prefill.histogram(Fact.PREFILL_CHUNK_TIME);
        double before = chunks.readable() ? chunks.histogram().sum() : 0;
        return map(last.mean(), seconds -> seconds + before / last.histogram().count());
    }

    private static Reading transferTime(ScrapeWindow prefill, ScrapeWindow decode) {
        var received = decode.mean(Fact.TRANSFER_TIME);
        return received.known() || !prefill.offers(Fact.TRANSFER_TIME)
                ? received
                : first(prefill.mean(Fact.TRANSFER_TIME), received);
    }

    /// By tokens; the one token that decode always computes of a transferred prompt is no prefill.
    /// Where decode does not tell, by the frontend's decisions.
    private static Reading localShare(
            ScrapeWindow decode, Tally firstTokens, @Nullable ScrapeWindow user) {
        if (user != null && decode.heard() && !decode.offers(Fact.LOCAL_TOKENS)) {
            return user.histogram(Fact.LOCAL_SHARE).mean();
        }
        var beyond =
                combine(
                        decode.increase(Fact.LOCAL_TOKENS),
                        firstTokens.count(),
                        (tokens, requests) -> Math.max(0, tokens - requests));
        return ratio(beyond, decode.increase(Fact.SOURCED_TOKENS));
    }

    /// From the drafts where they are counted, from the engine's own figure where it has one, else
    /// tokens over output events: vLLM observes ITL once an event, and with speculation an event
    /// carries several tokens.
    private static Reading acceptLength(ScrapeWindow decode, Tally gaps, Tally firstTokens) {
        var drafts = decode.histogram(Fact.ACCEPTED_DRAFTS);
        if (drafts.readable()) {
            return map(drafts.mean(), perDraft -> 1 + perDraft);
        }
        if (decode.offers(Fact.ACCEPT_LENGTH)) {
            return map(decode.gaugeMean(Fact.ACCEPT_LENGTH), tokens -> Math.max(1, tokens));
        }
        var events = combine(gaps.count(), firstTokens.count(), Double::sum);
        var perEvent = ratio(decode.increase(Fact.GENERATED), events);
        return map(perEvent, tokens -> Math.max(1, tokens));
    }
}
