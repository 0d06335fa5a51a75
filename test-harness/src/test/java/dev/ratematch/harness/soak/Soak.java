package dev.ratematch.harness.soak;

import dev.ratematch.controller.guard.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// `make soak SEEDS=10000`: runs seeds 0 to that, on two threads, and goes on where it was stopped.
/// Progress is on standard error; each seed that fails is said at once, with the command that runs
/// it alone. Exit code 1 where one did.
///
/// Arguments: `seeds=N`, `seed=N` for one alone, `threads=N`, `progress=FILE`, `fresh` to begin
/// again.
final class Soak {

    private static final long SAY_NANOS = 10_000_000_000L;
    private static final double SECOND = 1e9;

    private final long seeds;
    private final int threads;
    private final Path file;
    private final AtomicLong next = new AtomicLong();
    private final TreeSet<Long> ahead = new TreeSet<>();
    private final List<Long> failed = new ArrayList<>();
    private final Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    private final long began = System.nanoTime();
    private long first;
    private long done;
    private long said = System.nanoTime();

    private Soak(long seeds, int threads, Path file) {
        this.seeds = seeds;
        this.threads = threads;
        this.file = file;
    }

    public static void main(String... words) throws IOException, InterruptedException {
        System.exit(of(words));
    }

    /// The exit code.
    static int of(String... words) throws IOException, InterruptedException {
        long seeds = 1000;
        int threads = 2;
        boolean fresh = false;
        var file = Path.of("test-harness", "target", "soak-progress");
        for (var word : words) {
            var parts = word.split("=", 2);
            switch (parts[0]) {
                case "seeds" -> seeds = Long.parseLong(parts[1]);
                case "threads" -> threads = Integer.parseInt(parts[1]);
                case "progress" -> file = Path.of(parts[1]);
                case "fresh" -> fresh = true;
                case "seed" -> {
                    return alone(Long.parseLong(parts[1]));
                }
                default ->
                        throw new IllegalArgumentException(
                                "%s must be seeds=N, seed=N, threads=N, progress=FILE or fresh"
                                        .formatted(word));
            }
        }
        if (fresh) {
            Files.deleteIfExists(file);
        }
        return new Soak(seeds, threads, file).run();
    }

    private static int alone(long seed) {
        var scene = Scene.of(seed);
        System.err.printf(
                "soak: seed %d: %s, %d GPUs, %s, start %s, %d requests, %d cycles of %.0f s, %s%n",
                seed,
                scene.steady() ? "steady" : "shaken",
                scene.fleet().budget(),
                scene.fleet().prefill().key() + " / " + scene.fleet().decode().parallel(),
                scene.start().ratio(),
                scene.trace().requests().size(),
                scene.cycles(),
                scene.cycleSeconds(),
                scene.faults());
        var outcome = Run.of(seed);
        var breaches = outcome.all();
        breaches.forEach(what -> System.err.printf("soak: seed %d, %s%n", seed, what));
        System.err.printf("soak: decisions %s%n", outcome.reasons());
        System.err.printf("soak: seed %d %s%n", seed, breaches.isEmpty() ? "is clean" : "fails");
        return breaches.isEmpty() ? 0 : 1;
    }

    private int run() throws IOException, InterruptedException {
        resume();
        if (first > 0) {
            System.err.printf(
                    "soak: goes on from seed %d, %d failed before; ARGS=fresh begins again%n",
                    first, failed.size());
        }
        next.set(first);
        done = first;
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var works = new ArrayList<Future<?>>();
            for (int n = 0; n < threads; n++) {
                works.add(pool.submit(this::work));
            }
            for (var each : works) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("A thread of the soak ended.", e);
        }
        System.err.printf(
                "soak: %d seeds, %d failed %s, %.0f s%n",
                seeds, failed.size(), failed, (System.nanoTime() - began) / SECOND);
        System.err.printf("soak: decisions %s%n", reasons);
        Files.deleteIfExists(file);
        return failed.isEmpty() ? 0 : 1;
    }

    private void work() {
        for (long seed = next.getAndIncrement(); seed < seeds; seed = next.getAndIncrement()) {
            ended(seed, Run.of(seed));
        }
    }

    private synchronized void ended(long seed, Run.Outcome outcome) {
        var breaches = outcome.all();
        outcome.reasons().forEach((reason, times) -> reasons.merge(reason, times, Integer::sum));
        if (!breaches.isEmpty()) {
            failed.add(seed);
            System.err.printf(
                    "soak: seed %d fails: %s%n  again: make soak SEED=%d%n",
                    seed, breaches.getFirst(), seed);
        }
        ahead.add(seed);
        while (ahead.remove(done)) {
            done++;
        }
        long now = System.nanoTime();
        if ((now - said > SAY_NANOS && done > first) || done == seeds) {
            said = now;
            double rate = (done - first) / ((now - began) / SECOND);
            System.err.printf(
                    "soak: %d of %d seeds, %.1f seeds/s, %.1f min left, %d failed%n",
                    done, seeds, rate, (seeds - done) / rate / 60, failed.size());
            save();
        }
    }

    /// The first seed that is not known to have ended, then those that failed.
    private void save() {
        try {
            var folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(
                    file,
                    "%d%n%s%n"
                            .formatted(
                                    done,
                                    String.join(
                                            " ", failed.stream().map(String::valueOf).toList())));
        } catch (IOException e) {
            System.err.printf("soak: %s cannot be written: %s%n", file, e.getMessage());
        }
    }

    private void resume() throws IOException {
        var lines = Files.exists(file) ? Files.readAllLines(file) : List.of("0");
        long known = Long.parseLong(lines.getFirst().strip());
        if (known < seeds) {
            first = known;
            for (var seed : lines.getLast().strip().split(" ", -1)) {
                if (lines.size() > 1 && !seed.isEmpty()) {
                    failed.add(Long.valueOf(seed));
                }
            }
        }
    }
}
