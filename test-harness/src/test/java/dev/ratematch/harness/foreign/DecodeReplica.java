package dev.ratematch.harness.foreign;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;

/// Answers as a fluid: all sequences move on together at the pace of the present batch; nobody
/// jumps the queue.
final class DecodeReplica extends Replica {

    private static final double ALMOST = 1e-6;

    private final Deque<Ask> waiting = new ArrayDeque<>();
    private final PriorityQueue<Ask> running =
            new PriorityQueue<>(Comparator.comparingDouble((Ask ask) -> ask.endStep));
    private final BiConsumer<Ask, Double> taken;
    private final BiConsumer<Ask, Double> ended;
    private double steps;
    private double context;
    private double reserved;
    private double last;
    private double next = NEVER;

    /// @param taken told of each request that decode takes over, and when its first token follows
    /// @param ended told of each request that ends, and when
    DecodeReplica(
            Site.Engine engine, BiConsumer<Ask, Double> taken, BiConsumer<Ask, Double> ended) {
        super(engine);
        this.taken = taken;
        this.ended = ended;
    }

    void add(Ask ask, double now) {
        waiting.add(ask);
        wake(now);
    }

    @Override
    double next() {
        return next;
    }

    @Override
    void wake(double now) {
        if (!running.isEmpty()) {
            double made = (now - last) / pace();
            steps += made;
            context += made * running.size();
        }
        last = now;
        while (!running.isEmpty() && running.element().endStep <= steps + ALMOST) {
            var ask = running.remove();
            context -= ask.input + ask.output;
            reserved -= ask.input + ask.output;
            ended.accept(ask, now);
        }
        if (running.isEmpty()) {
            context = 0;
        }
        admit(now);
        plan(now);
    }

    private void admit(double now) {
        while (!waiting.isEmpty() && waiting.element().movedAt <= now) {
            var ask = waiting.element();
            double room = ask.input + ask.output;
            boolean fits =
                    running.size() < engine.sequences() && reserved + room <= engine.decodeRoom();
            if (!fits && !running.isEmpty()) {
                return;
            }
            waiting.remove();
            ask.endStep = steps + ask.output;
            context += ask.input;
            reserved += room;
            running.add(ask);
            taken.accept(ask, now + pace());
        }
    }

    private void plan(double now) {
        next = NEVER;
        if (!running.isEmpty()) {
            next = now + Math.max(0, running.element().endStep - steps) * pace();
        }
        if (!waiting.isEmpty() && waiting.element().movedAt > now) {
            next = Math.min(next, waiting.element().movedAt);
        }
    }

    private double pace() {
        return engine.step(running.size(), context);
    }

    @Override
    int bound() {
        return waiting.size() + running.size();
    }

    @Override
    int queued() {
        return waiting.size();
    }

    @Override
    double used() {
        return Math.min(1, context / engine.decodeRoom());
    }

    @Override
    boolean empty() {
        return waiting.isEmpty() && running.isEmpty();
    }
}
