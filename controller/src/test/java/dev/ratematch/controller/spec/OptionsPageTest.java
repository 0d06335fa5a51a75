package dev.ratematch.controller.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.spec.Behavior.Direction;
import dev.ratematch.controller.spec.Behavior.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `docs/options.md` is the options, in words.
class OptionsPageTest {

    private static final Path PAGE = Path.of("../docs/options.md");

    private static final String HEAD =
            """
            # Options of the control law

            Made from [`Option`](../controller/src/main/java/dev/ratematch/controller/spec/Option.java) by a test. What each
            is for stands in [control.md](control.md), with the source of its default.

            | where | options | behavior | fewest GPUs |
            |---|---|---|---|
            | RateMatcher ([crd.md](crd.md)) | `spec.options` | `spec.behavior` | `spec.budget.minGpus` |
            | service line, service file ([step.md](step.md)) | `options` | `behavior` | `min_budget_gpus` |
            | `recommend`, `simulate`, `demo` | `--option KEY=VALUE`, repeated; goes before the file's | of the `--service` file | of the `--service` file |

            What is unknown or out of range is refused by name, with its value and what would be right, and nothing is scaled.

            ## Options

            | option | type | default | range | unit | what it does |
            |---|---|---|---|---|---|
            """;

    private static final String BEHAVIOR =
            """

            ## Behavior

            The words and the meaning of `behavior` of Kubernetes' HorizontalPodAutoscaler v2, per role: `behavior.prefill`,
            `behavior.decode`, each with `scaleUp` and `scaleDown`. Nothing is bound where nothing is said.

            | field | range | default | what it does |
            |---|---|---|---|
            | `stabilizationWindowSeconds` | 0 to WINDOW s | 0 to grow; to give GPUs back `scaleDownWindowSeconds` | a role goes only as far as was wanted throughout the window; where it is set it holds for every addition to (removal from) the role, rebalances included |
            | `policies[].type` | `Replicas` (or `Pods`), `Percent` | required | what `value` counts: replicas, or percent of those at the period's start; a share is rounded so that it moves one replica at least |
            | `policies[].value` | 1 to 1000000 | required | most that the commanded count changes within the period |
            | `policies[].periodSeconds` | 1 to PERIOD s | required | the period, which ends now |
            | `selectPolicy` | `Max`, `Min`, `Disabled` | `Max` | of several policies the one that allows most, or least; `Disabled` forbids the direction |
            | `tolerance` | 0 to 1 | 0 | a change smaller than this share of the role's present count is not made |

            A change that all of this forbids is held as `SCALING_POLICY`, with the counts that are allowed. A rebalance whose
            receiver may take less takes less from the donor. Cutting to the budget and taking a move back are not bound.

            ```yaml
            options:
              demandMargin: 0.3
            behavior:
              decode:
                scaleUp:
                  policies:
                    - {type: Replicas, value: 2, periodSeconds: 60}
                    - {type: Percent, value: 50, periodSeconds: 60}
                  selectPolicy: Min
                scaleDown:
                  stabilizationWindowSeconds: 600
                  tolerance: 0.1
            min_budget_gpus: 16
            ```

            ## Fewest GPUs

            The fleet is never shrunk below `min_budget_gpus`; what would is held as `MINIMUM_BUDGET`. It is not grown to them
            either. Equal to the budget it fixes what the fleet holds: replicas change sides, and nothing else.
            """;

    /// `-Dratematch.options=write` writes the page.
    @Test
    void thePageSaysWhatTheOptionsSay() throws IOException {
        var page = new StringBuilder(HEAD);
        for (var option : Option.values()) {
            page.append(
                    "| `%s` | %s | %s | %s | %s | %s |\n"
                            .formatted(
                                    option.key(),
                                    option.type().label(),
                                    Option.plain(option.usual()),
                                    option.range(),
                                    option.unit(),
                                    option.sentence()));
        }
        page.append(
                BEHAVIOR.replace("WINDOW", Option.plain(Direction.WINDOW_MOST_SECONDS))
                        .replace("PERIOD", Option.plain(Policy.PERIOD_MOST_SECONDS)));
        if ("write".equals(System.getProperty("ratematch.options"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as(
                        "run: mvn -pl controller -am test -Dtest=OptionsPageTest"
                                + " -Dratematch.options=write")
                .hasContent(page.toString());
    }

    @Test
    void everyDefaultIsInItsRangeAndNothingBeyondItIsTaken() {
        for (var option : Option.values()) {
            var tuning = Tuning.DEFAULT.with(option, option.usual());
            assertThat(tuning.value(option)).isEqualTo(Tuning.DEFAULT.value(option));
            for (double beyond : new double[] {option.least() - 1, option.most() + 1, Double.NaN}) {
                assertThatThrownBy(() -> Tuning.DEFAULT.with(option, beyond))
                        .hasMessageContaining(option.key() + " (" + Option.plain(beyond) + ")")
                        .hasMessageContaining(option.range());
            }
        }
    }
}
