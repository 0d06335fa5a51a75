package dev.ratematch.controller.telemetry;

import static dev.ratematch.controller.telemetry.ReadingMath.combine;
import static dev.ratematch.controller.telemetry.ReadingMath.natural;
import static dev.ratematch.controller.telemetry.ReadingMath.sumOf;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Fact;
import org.jspecify.annotations.Nullable;

/// Reads one pool: what runs, what waits and where, how full its KV is. A request that waits is in
/// one place only: held back by the router, on its way into a worker, or in the engine's queue.
final class PoolReader {

    private PoolReader() {}

    /// @param user the frontend, as far as it is meant for the pools; null where there is none
    static PoolReading prefill(
            ScrapeWindow prefill, @Nullable ScrapeWindow user, FleetCounts counts) {
        Reading queuedTokens =
                user == null
                        ? new Reading.Unknown(
                                "%s does not expose queued tokens".formatted(prefill.speakers()))
                        : queuedTokens(user);
        return pool(
                prefill,
                counts,
                queued(prefill.gauge(Fact.WAITING), prefill, user, Fact.HELD),
                queuedTokens,
                new Reading.Unknown("only decode waits for KV"),
                prefill.gaugePerReplica(Fact.KV_CAPACITY));
    }

    /// Engines count a request whose KV has not arrived as waiting too, so those are taken out of
    /// the queue: the two readings never share a request.
    static PoolReading decode(
            ScrapeWindow decode, @Nullable ScrapeWindow user, FleetCounts counts) {
        var waitingForKv = decode.gauge(Fact.WAITING_FOR_KV);
        var waiting = decode.gauge(Fact.WAITING);
        var inEngine =
                waitingForKv.known()
                        ? combine(waiting, waitingForKv, (all, kv) -> Math.max(0, all - kv))
                        : waiting;
        return pool(
                decode,
                counts,
                queued(inEngine, decode, user, Fact.HELD_FOR_DECODE),
                new Reading.Unknown("decode queues requests, not tokens"),
                waitingForKv,
                kvCapacity(decode, user));
    }

    /// With what has not reached the engine. Where the engine tells nothing, what is held back is a
    /// part of the queue: none there is no proof that none waits.
    private static Reading queued(
            Reading inEngine, ScrapeWindow pods, @Nullable ScrapeWindow user, Fact held) {
        var before = pods.gauge(Fact.HELD);
        var atRouter = user == null ? new Reading.Unknown("") : user.gauge(held);
        if (inEngine.known()) {
            return sumOf(sumOf(inEngine, before), atRouter);
        }
        double outside = Math.max(0, before.orElse(0)) + Math.max(0, atRouter.orElse(0));
        return outside > 0 ? Reading.of(outside) : inEngine;
    }

    /// Of prompts at the workers, and of those that the router holds back.
    private static Reading queuedTokens(ScrapeWindow user) {
        var atWorkers = user.gauge(Fact.QUEUED_TOKENS);
        var held = user.gauge(Fact.HELD_TOKENS);
        return atWorkers.known() || held.orElse(0) <= 0 ? sumOf(atWorkers, held) : held;
    }

    /// As the engine states it, else in blocks of a size that the frontend knows, else as the
    /// frontend does, of one worker.
    private static Reading kvCapacity(ScrapeWindow decode, @Nullable ScrapeWindow user) {
        var stated = decode.gaugePerReplica(Fact.KV_CAPACITY);
        if (stated.known() || user == null) {
            return stated;
        }
        var blocks =
                combine(
                        decode.gaugePerReplica(Fact.KV_BLOCKS),
                        user.gaugeMean(Fact.KV_BLOCK_TOKENS),
                        (number, tokens) -> number * tokens);
        var told = blocks.orElse(0) > 0 ? blocks : user.gaugeMean(Fact.KV_CAPACITY);
        return told.orElse(0) > 0 ? told : stated;
    }

    private static PoolReading pool(
            ScrapeWindow pods,
            FleetCounts counts,
            Reading queued,
            Reading queuedTokens,
            Reading waitingForKv,
            Reading kvCapacity) {
        return new PoolReading(
                Reading.of(counts.desired()),
                Reading.of(counts.ready()),
                Reading.of(counts.starting()),
                Reading.of(counts.pending()),
                Reading.of(counts.draining()),
                Reading.of(counts.failed()),
                natural(queued),
                natural(queuedTokens),
                natural(pods.gauge(Fact.RUNNING)),
                natural(waitingForKv),
                natural(pods.gaugeMean(Fact.KV_USED)),
                natural(kvCapacity),
                pods.occupancy(Fact.RUNNING),
                counts.switching());
    }
}
