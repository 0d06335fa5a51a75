package dev.ratematch.dashboards.console;

import dev.ratematch.controller.whatif.WhatIf;
import dev.ratematch.dashboards.console.Answers.FrontierAnswer;
import dev.ratematch.dashboards.console.Answers.PlanAnswer;
import dev.ratematch.dashboards.view.Seen;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Works out what-if questions and frontiers, apart from the threads that decide and that serve,
/// and never more than a few at a time.
final class Solver {

    /// At work or waiting; whoever comes then is asked to come again.
    private static final int QUESTIONS_MAX = 16;

    private static final long SECONDS_MAX = 5;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Semaphore room = new Semaphore(QUESTIONS_MAX);

    void plan(HttpServerRequest request, Seen seen) {
        var asked = new Asked(request).question();
        solve(
                request,
                () -> {
                    long began = System.nanoTime();
                    var answer = of(seen).answer(asked);
                    return PlanAnswer.of(answer, (System.nanoTime() - began) / NANOS_PER_MILLI);
                });
    }

    void frontier(HttpServerRequest request, Seen seen) {
        var asked = of(seen);
        if (asked.seen() == null) {
            Replies.json(request, FrontierAnswer.unknown("no requests in the last windows"));
            return;
        }
        solve(request, () -> FrontierAnswer.of(asked.frontier(seen.cycle().now().sizes())));
    }

    private static WhatIf of(Seen seen) {
        var why = seen.cycle().explanation();
        var found = why.assessment();
        return new WhatIf(
                seen.service(),
                why.calibration(),
                found == null ? why.estimate() : found.expected());
    }

    private void solve(HttpServerRequest request, Callable<Object> work) {
        Context context = Vertx.currentContext();
        if (context == null || !room.tryAcquire()) {
            Replies.problem(request, 503, "Too many requests at once; try again in a moment.");
            return;
        }
        context.<Object>executeBlocking(
                        () -> {
                            try {
                                return work.call();
                            } finally {
                                room.release();
                            }
                        },
                        false)
                .timeout(SECONDS_MAX, TimeUnit.SECONDS)
                .onSuccess(answer -> Replies.json(request, answer))
                .onFailure(
                        failure ->
                                Replies.problem(
                                        request,
                                        failure instanceof IllegalArgumentException ? 400 : 503,
                                        failure instanceof IllegalArgumentException
                                                ? String.valueOf(failure.getMessage())
                                                : "No answer within the time limit."));
    }
}
