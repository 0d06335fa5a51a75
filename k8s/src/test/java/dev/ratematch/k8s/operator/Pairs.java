package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.cluster.Await;
import dev.ratematch.k8s.cluster.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Many services, each with a prefill and a decode Deployment of one pod: no two RateMatchers may
/// have the same target.
///
/// @param names of the RateMatchers to be
record Pairs(List<String> names) {

    /// Patience for one pod more, once the first ones are there.
    private static final Duration EACH = Duration.ofMillis(400);

    private static final int AT_ONCE = 8;

    private static final Duration FIRST = Duration.ofMinutes(2);

    static Pairs of(int count) {
        return new Pairs(IntStream.range(0, count).mapToObj(i -> "llama-" + i).toList());
    }

    /// Deploys them, and returns when all of them serve.
    void deploy(Scene scene) {
        each(
                name -> {
                    scene.create(Manifests.deployment("prefill-" + name, 1));
                    scene.create(Manifests.deployment("decode-" + name, 1));
                });
        int pods = 2 * names.size();
        Await.until(
                FIRST.plus(EACH.multipliedBy(pods)),
                "an engine for each role",
                () -> ready(scene) == pods,
                () -> ready(scene) + " of " + pods);
    }

    /// Does something for each, several at a time: one request after the other is mostly waiting.
    void each(Consumer<String> what) {
        try (var workers = Executors.newFixedThreadPool(AT_ONCE)) {
            var all = names.stream().map(name -> workers.submit(() -> what.accept(name))).toList();
            for (var one : all) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private long ready(Scene scene) {
        var apps =
                names.stream()
                        .flatMap(name -> Stream.of("prefill-" + name, "decode-" + name))
                        .collect(Collectors.toSet());
        return scene.pods().stream()
                .filter(Sandbox::isReady)
                .filter(pod -> apps.contains(pod.getMetadata().getLabels().get("app")))
                .count();
    }
}
