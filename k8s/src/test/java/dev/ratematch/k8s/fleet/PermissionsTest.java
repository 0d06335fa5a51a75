package dev.ratematch.k8s.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.fleet.Permissions.Right;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What may be written, and what a write that failed may have done.
class PermissionsTest {

    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final Right SCALE = new Right("apps", "deployments", "scale", "llm", "decode");
    private static final Right PODS = new Right("", "pods", "", "llm", "");

    private int asked;
    private final Map<Right, Boolean> granted = new HashMap<>();
    private final Permissions permissions =
            new Permissions(
                    right -> {
                        asked++;
                        return Optional.ofNullable(granted.get(right));
                    });

    private Optional<Right> denied(Instant now) {
        return permissions.denied(List.of(SCALE, PODS), now);
    }

    @Test
    void theFirstRightThatIsDeniedIsNamedAsInARole() {
        granted.put(SCALE, true);
        granted.put(PODS, false);

        assertThat(denied(START)).contains(PODS);
        assertThat(PODS.title()).isEqualTo("patch pods in llm");
        assertThat(SCALE.title()).isEqualTo("patch deployments/scale (decode) in llm");
    }

    @Test
    void answersStandForAWhileTheDeniedOnesShorter() {
        granted.put(SCALE, true);
        granted.put(PODS, false);
        var _ = denied(START);
        granted.put(PODS, true);

        assertThat(denied(START.plusSeconds(29))).contains(PODS);
        assertThat(asked).isEqualTo(2);
        assertThat(denied(START.plusSeconds(30))).isEmpty();
        assertThat(asked).isEqualTo(3);
        granted.put(SCALE, false);
        assertThat(denied(START.plusSeconds(599))).isEmpty();
        assertThat(denied(START.plusSeconds(600))).contains(SCALE);
    }

    @Test
    void whereNobodyAnswersTheWriteItselfTellsAndIsAskedAgain() {
        assertThat(denied(START)).isEmpty();
        granted.put(SCALE, false);
        assertThat(denied(START)).contains(SCALE);
    }

    @Test
    void aCountWhoseWriteWasNotAnsweredMayBeOurs() {
        var answers = new Answers();
        var targets = new AskedCounts(answers);
        var role = Serialization.unmarshal("scaleTargetRef: {name: decode}", RoleSpec.class);
        assertThat(targets.asked(role, 3)).isFalse();
        assertThatThrownBy(() -> targets.write("llm", role, 1, 3)).hasMessage("no answer");
        assertThat(targets.asked(role, 3)).isTrue();
        assertThat(targets.asked(role, 2)).isFalse();
        answers.answers = true;
        assertThat(targets.write("llm", role, 1, 2)).isEqualTo(7);

        assertThat(targets.asked(role, 2)).isFalse();
        assertThat(targets.asked(role, 3)).isFalse();
    }

    private static final class Answers implements ScaleTargets {

        boolean answers;

        @Override
        public TargetView read(String namespace, RoleSpec role) {
            throw new TargetException("not read here");
        }

        @Override
        public long write(String namespace, RoleSpec role, int expected, int replicas) {
            if (!answers) {
                throw new TargetException("no answer");
            }
            return 7;
        }

        @Override
        public @Nullable Integer devices(String namespace, String template) {
            return null;
        }
    }
}
