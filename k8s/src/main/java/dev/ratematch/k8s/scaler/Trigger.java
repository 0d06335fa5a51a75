package dev.ratematch.k8s.scaler;

import dev.ratematch.controller.observe.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a trigger asks to follow: the role of a RateMatcher in the ScaledObject's own namespace.
///
/// @param maxAge how old the last good recommendation may be
record Trigger(String namespace, String rateMatcher, Role role, Duration maxAge) {

    static final Duration MAX_AGE = Duration.ofMinutes(10);

    private static final String RATE_MATCHER = "rateMatcher";
    private static final String ROLE = "role";
    private static final String AGE = "maxAge";
    private static final List<String> KEYS = List.of(RATE_MATCHER, ROLE, AGE);

    /// A name of Kubernetes: anything else cannot be the name of a RateMatcher.
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    /// Nine digits at most, so that no unit overflows.
    private static final Pattern DURATION =
            Pattern.compile("(?<number>[0-9]{1,9})(?<unit>ms|s|m|h)");

    static Trigger of(ScaledObjectRef ref) {
        var metadata = ref.metadata();
        if (ref.namespace().isEmpty()) {
            throw new IllegalArgumentException(
                    "namespace () of the ScaledObject is empty; KEDA always sets it.");
        }
        metadata.keySet().forEach(Trigger::refuseMisspelt);
        return new Trigger(
                ref.namespace(), rateMatcher(metadata), role(metadata), maxAge(metadata));
    }

    /// The name of the metric, without the prefix that KEDA adds.
    String metric() {
        return "ratematch-%s-%s".formatted(rateMatcher, role.label());
    }

    /// The RateMatcher as people write it.
    String target() {
        return namespace + "/" + rateMatcher;
    }

    /// KEDA's own keys pass through here, and future ones will: only what was meant for us is
    /// refused.
    private static void refuseMisspelt(String key) {
        for (var ours : KEYS) {
            if (!key.equals(ours) && plain(key).equalsIgnoreCase(ours)) {
                throw new IllegalArgumentException(
                        "metadata.%s is not known; it is written %s.".formatted(key, ours));
            }
        }
    }

    private static String plain(String key) {
        return key.replaceAll("[-_]", "");
    }

    private static String rateMatcher(Map<String, String> metadata) {
        String name = value(metadata, RATE_MATCHER);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    ("metadata.rateMatcher (%s) must be the name of a RateMatcher in the"
                                    + " ScaledObject's namespace, such as chat.")
                            .formatted(name));
        }
        return name;
    }

    private static Role role(Map<String, String> metadata) {
        String label = value(metadata, ROLE);
        for (var role : Role.values()) {
            if (role.label().equals(label)) {
                return role;
            }
        }
        throw new IllegalArgumentException(
                "metadata.role (%s) must be prefill or decode.".formatted(label));
    }

    private static Duration maxAge(Map<String, String> metadata) {
        if (!metadata.containsKey(AGE)) {
            return MAX_AGE;
        }
        String text = value(metadata, AGE);
        var age = duration(text);
        if (age == null || !age.isPositive()) {
            throw new IllegalArgumentException(
                    "metadata.maxAge (%s) must be a duration above 0, such as 10m or 90s."
                            .formatted(text));
        }
        return age;
    }

    private static @Nullable Duration duration(String text) {
        var matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group("number"));
        return switch (matcher.group("unit")) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private static String value(Map<String, String> metadata, String key) {
        return metadata.getOrDefault(key, "").strip();
    }
}
