package dev.ratematch.controller.fuzz;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/// Answers and scrapes that nobody would write: whatever comes, an answer comes out, in words, in
/// bounded time and memory, and no number that is none. Each failure names its seed; one input is
/// tried again with `-Dratematch.fuzz.seed=SEED -Dratematch.fuzz.count=1`.
class FuzzTest {

    private static final int USUAL = 400;
    private static final int FAILURES_MAX = 20;

    /// Inputs between two signs of life.
    private static final int PROGRESS = 2000;

    /// Of so many inputs some are good enough for a plan.
    private static final int ENOUGH = 100;

    /// No input takes this long, however busy the machine; one that does hangs.
    private static final int HANG_SECONDS = 60;

    /// What one input may leave to the collector: a gigabyte of rubbish is no reading any more.
    private static final long ALLOCATED_BYTES_MAX = 1L << 30;

    private final List<Corpus.Fleet> fleets = Corpus.fleets();
    private final Map<String, Integer> reasons = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, Integer> kinds = new TreeMap<>();
    private int planned;
    private long mostBytes;
    private long slowestNanos;
    private String slowest = "";

    @Test
    void whateverComesIsAnsweredInWords() throws Exception {
        long seed = Long.getLong("ratematch.fuzz.seed", 20_261);
        int count = Integer.getInteger("ratematch.fuzz.count", USUAL);
        long until =
                System.nanoTime()
                        + Long.getLong("ratematch.fuzz.seconds", 4 * 3600) * 1_000_000_000L;
        int done = 0;
        try (var thread = Executors.newSingleThreadExecutor()) {
            while (done < count && failures.size() < FAILURES_MAX && System.nanoTime() < until) {
                tried(thread, seed + done);
                done++;
                if (done % PROGRESS == 0) {
                    System.out.printf("fuzz: %d of %d inputs%n", done, count);
                }
            }
        }
        System.out.printf(
                "fuzz: %d inputs from seed %d, %d reached a plan; most allocated %d MB; slowest %d ms (%s)%n"
                        + "reasons %s%nkinds %s%n",
                done,
                seed,
                planned,
                mostBytes >> 20,
                slowestNanos / 1_000_000,
                slowest,
                reasons,
                kinds);
        assertThat(failures).isEmpty();
        assertThat(done).as("inputs within -Dratematch.fuzz.seconds").isEqualTo(count);
        assertThat(done < ENOUGH || planned > 0).as("some inputs reach a plan").isTrue();
    }

    private void tried(ExecutorService thread, long seed) throws InterruptedException {
        var trial = new Trial(seed);
        var worked = thread.submit(() -> measured(trial, seed));
        try {
            worked.get(HANG_SECONDS, SECONDS).stream()
                    .findFirst()
                    .ifPresent(what -> failed(seed, trial, what));
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            failed(
                    seed,
                    trial,
                    "%s at %s"
                            .formatted(
                                    cause,
                                    Arrays.stream(cause.getStackTrace()).limit(12).toList()));
        } catch (TimeoutException _) {
            worked.cancel(true);
            failed(seed, trial, "it hangs");
        }
    }

    private Collection<String> measured(Trial trial, long seed) {
        long bytes = Allocated.bytes();
        long began = System.nanoTime();
        var wrong = new ArrayList<>(trial.run(fleets));
        long took = System.nanoTime() - began;
        long allocated = Allocated.bytes() - bytes - trial.madeBytes();
        mostBytes = Math.max(mostBytes, allocated);
        if (took > slowestNanos) {
            slowestNanos = took;
            slowest = "seed %d".formatted(seed);
        }
        if (allocated > ALLOCATED_BYTES_MAX) {
            wrong.add("it takes %d MB of memory".formatted(allocated >> 20));
        }
        trial.cycle()
                .ifPresent(
                        cycle -> {
                            reasons.merge(cycle.decision().reason().name(), 1, Integer::sum);
                            planned += cycle.explanation().plan() == null ? 0 : 1;
                        });
        return wrong;
    }

    private void failed(long seed, Trial trial, String what) {
        kinds.merge(
                what.replaceAll("[0-9]+", "#").substring(0, Math.min(60, what.length() / 2)),
                1,
                Integer::sum);
        failures.add("seed %d: %s%n    input: %s".formatted(seed, what, trial.path()));
    }
}
