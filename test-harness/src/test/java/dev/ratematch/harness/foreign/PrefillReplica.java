package dev.ratematch.harness.foreign;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// Prompts in order of arrival, in batches of a chunk. The KV of a prompt stays until decode has
/// taken the request over; while there is no room for the next one, prefill stands still.
final class PrefillReplica extends Replica {

    private final Deque<Ask> queue = new ArrayDeque<>();
    private final List<Ask> finishing = new ArrayList<>();
    private final Consumer<Ask> done;
    private double batchEnd = NEVER;
    private double held;
    private int holding;

    /// @param done told of each request whose prompt is done
    PrefillReplica(Site.Engine engine, Consumer<Ask> done) {
        super(engine);
        this.done = done;
    }

    void add(Ask ask, double now) {
        queue.add(ask);
        begin(now);
    }

    /// Decode has taken a request over.
    void release(Ask ask, double now) {
        held -= ask.input;
        holding--;
        begin(now);
    }

    @Override
    double next() {
        return batchEnd;
    }

    @Override
    void wake(double now) {
        if (batchEnd <= now) {
            batchEnd = NEVER;
            var ready = List.copyOf(finishing);
            finishing.clear();
            ready.forEach(done);
            begin(now);
        }
    }

    private void begin(double now) {
        if (batchEnd != NEVER) {
            return;
        }
        int free = engine.chunkTokens();
        while (free > 0 && !queue.isEmpty()) {
            var head = queue.element();
            if (head.holder == null) {
                if (held > 0 && held + head.input > engine.prefillRoom()) {
                    break;
                }
                head.holder = this;
                held += head.input;
                holding++;
            }
            int part = Math.min(free, head.promptLeft);
            head.promptLeft -= part;
            free -= part;
            if (head.promptLeft == 0) {
                finishing.add(queue.remove());
            }
        }
        int tokens = engine.chunkTokens() - free;
        if (tokens > 0) {
            batchEnd = now + engine.batchSeconds() + tokens * engine.promptTokenSeconds();
        }
    }

    @Override
    int bound() {
        return queue.size() + finishing.size();
    }

    @Override
    int queued() {
        return (int) queue.stream().filter(ask -> ask.holder == null).count();
    }

    @Override
    double used() {
        return Math.min(1, held / engine.prefillRoom());
    }

    @Override
    boolean empty() {
        return queue.isEmpty() && finishing.isEmpty() && holding == 0;
    }
}
