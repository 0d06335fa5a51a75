package dev.ratematch.harness.plant;

import java.util.Arrays;

/// What became of each request of the trace, by its index.
public final class RequestLog {

    private static final long NEVER = -1;
    private static final long DROPPED = -2;

    private final long[] firstToken;
    private final long[] end;
    private final int[] cached;
    private final long[] exposed;
    private int completed;
    private int dropped;

    RequestLog(int requests) {
        firstToken = new long[requests];
        end = new long[requests];
        cached = new int[requests];
        exposed = new long[requests];
        Arrays.fill(exposed, NEVER);
        Arrays.fill(cached, (int) NEVER);
        Arrays.fill(firstToken, NEVER);
        Arrays.fill(end, NEVER);
    }

    void prefilled(int index, int cachedTokens) {
        cached[index] = cachedTokens;
    }

    void transferred(int index, long exposedNanos) {
        exposed[index] = exposedNanos;
    }

    void firstToken(int index, long nanos) {
        firstToken[index] = nanos;
    }

    void completed(int index, long nanos) {
        end[index] = nanos;
        completed++;
    }

    void dropped(int index) {
        end[index] = DROPPED;
        dropped++;
    }

    /// When the first token was out, virtual nanoseconds; negative when it never was.
    public long firstTokenNanos(int index) {
        return firstToken[index];
    }

    /// Prompt tokens that were found in a prefix cache; negative before prefill has ended.
    public int cachedTokens(int index) {
        return cached[index];
    }

    /// How long the request's KV was on its way after its prefill had ended, nanoseconds; what a
    /// layer-wise transfer hides behind prefill is not in it. Negative before it has arrived.
    public long exposedTransferNanos(int index) {
        return exposed[index];
    }

    /// When the last token was out, virtual nanoseconds; negative when it never was.
    public long endNanos(int index) {
        return end[index];
    }

    /// Whether the request was lost with a replica.
    public boolean wasDropped(int index) {
        return end[index] == DROPPED;
    }

    /// Requests complete so far.
    public int completed() {
        return completed;
    }

    /// Requests lost with a killed replica so far.
    public int dropped() {
        return dropped;
    }
}
