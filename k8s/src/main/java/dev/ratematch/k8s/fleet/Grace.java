package dev.ratematch.k8s.fleet;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whether a pod that is deleted has the time to finish its requests. vLLM aborts streams on
/// SIGTERM unless told otherwise (`--shutdown-timeout`, since 0.18), so where this is not so, a
/// removal breaks answers that users are reading.
public final class Grace {

    /// What Kubernetes grants where the pod says nothing, seconds.
    private static final long GRACE_DEFAULT = 30;

    private static final Pattern SLEEP = Pattern.compile("\\bsleep\\s+(\\d+)\\b");
    private static final String FLAG = "--shutdown-timeout";

    private Grace() {}

    /// Why pods of this template must not be removed; empty when they may.
    ///
    /// @param role for the message, such as `decode`
    /// @param given the engine's shut-down time-out where the owner gave it, seconds
    /// @param longestRequest time that running requests need at the 99th percentile, seconds; empty
    ///   while unknown
    public static Optional<String> refusal(
            String role, PodSpec pod, @Nullable Double given, OptionalDouble longestRequest) {
        double shutdown = given != null ? given : shutdownTimeout(pod);
        if (shutdown <= 0) {
            return Optional.of(
                    "%s: the engine aborts running requests on SIGTERM: start it with %s SECONDS"
                                    .formatted(role, FLAG)
                            + " or say drain.engineShutdownTimeout.");
        }
        long grace =
                pod.getTerminationGracePeriodSeconds() == null
                        ? GRACE_DEFAULT
                        : pod.getTerminationGracePeriodSeconds();
        double preStop = preStop(pod);
        if (grace < preStop + shutdown) {
            return Optional.of(
                    "%s: terminationGracePeriodSeconds (%d) must cover preStop (%.0f s) and the"
                                    .formatted(role, grace, preStop)
                            + " engine's shut-down time-out (%.0f s).".formatted(shutdown));
        }
        if (longestRequest.isPresent() && shutdown < longestRequest.getAsDouble()) {
            return Optional.of(
                    "%s: the engine's shut-down time-out (%.0f s) must cover the longest answers,"
                                    .formatted(role, shutdown)
                            + " p99 of OSL x ITL, %.0f s at present."
                                    .formatted(longestRequest.getAsDouble()));
        }
        return Optional.empty();
    }

    private static double preStop(PodSpec pod) {
        double longest = 0;
        for (var container : pod.getContainers()) {
            longest = Math.max(longest, preStop(container));
        }
        return longest;
    }

    private static double preStop(Container container) {
        var lifecycle = container.getLifecycle();
        var hook = lifecycle == null ? null : lifecycle.getPreStop();
        if (hook == null) {
            return 0;
        }
        if (hook.getSleep() != null && hook.getSleep().getSeconds() != null) {
            return hook.getSleep().getSeconds();
        }
        if (hook.getExec() == null || hook.getExec().getCommand() == null) {
            return 0;
        }
        var found = SLEEP.matcher(String.join(" ", hook.getExec().getCommand()));
        double seconds = 0;
        while (found.find()) {
            seconds += Double.parseDouble(found.group(1));
        }
        return seconds;
    }

    private static double shutdownTimeout(PodSpec pod) {
        for (var container : pod.getContainers()) {
            List<String> words = new ArrayList<>();
            for (var part : List.of(container.getCommand(), container.getArgs())) {
                for (String text : part) {
                    words.addAll(List.of(text.split("[\\s=]+", -1)));
                }
            }
            int at = words.indexOf(FLAG);
            if (at >= 0 && at + 1 < words.size() && words.get(at + 1).matches("\\d+(\\.\\d+)?")) {
                return Double.parseDouble(words.get(at + 1));
            }
        }
        return 0;
    }
}
