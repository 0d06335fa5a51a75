package dev.ratematch.controller.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import org.junit.jupiter.api.Test;

class WhatIfTest {

    private static final Service SERVICE =
            ServiceFactory.create(
                    ServiceRequest.builder("llama-3.1-70b", "b200", new Slo(2, 0.03, 95), 24)
                            .precision("nvfp4")
                            .build());
    private static final WorkloadEstimate SEEN =
            new WorkloadEstimate(20, 3000, 1500, 0.4, 400, 0.6, 1.2, 15, 1, 0, 40, 7, 6);

    private final WhatIf whatIf = new WhatIf(SERVICE, Calibration.NONE, SEEN);

    @Test
    void whatIsNotAskedStaysAsItIsAndNoBacklogIsPlannedFor() {
        var answer = whatIf.answer(Question.NONE);
        assertThat(answer.slo()).isEqualTo(SERVICE.spec().slo());
        assertThat(answer.budgetGpus()).isEqualTo(24);
        assertThat(answer.load().requestsPerSecond()).isEqualTo(20);
        assertThat(answer.load().uncachedInputTokens()).isEqualTo(1500);
        assertThat(answer.load().prefillBacklogRequests()).isZero();
        assertThat(answer.plan().servedShare()).isEqualTo(1);
    }

    @Test
    void theSameShareOfLongerPromptsIsComputed() {
        var asked = new Question(null, null, null, null, 6000.0, null);
        assertThat(whatIf.answer(asked).load().uncachedInputTokens()).isEqualTo(3000);
    }

    @Test
    void anotherBudgetBoundsThePlan() {
        var small = whatIf.answer(new Question(null, null, 2, 400.0, null, null));
        assertThat(small.plan().gpus()).isEqualTo(2);
        assertThat(small.plan().servedShare()).isLessThan(1);
        var large = whatIf.answer(new Question(null, null, 64, 400.0, null, null));
        assertThat(large.plan().gpus()).isGreaterThan(24).isLessThanOrEqualTo(64);
    }

    @Test
    void aTighterPromiseNeedsMore() {
        var loose = whatIf.answer(new Question(5.0, 0.05, null, null, null, null));
        var tight = whatIf.answer(new Question(0.3, 0.011, null, null, null, null));
        assertThat(tight.plan().gpus()).isGreaterThan(loose.plan().gpus());
    }

    @Test
    void withoutTrafficItMustBeSaid() {
        var blind = new WhatIf(SERVICE, Calibration.NONE, null);
        assertThatThrownBy(() -> blind.answer(new Question(null, null, null, 5.0, null, null)))
                .hasMessageContaining("requests_per_s, isl and osl must be given");
        var told = blind.answer(new Question(null, null, null, 5.0, 1000.0, 100.0));
        assertThat(told.load().uncachedInputTokens()).isEqualTo(1000);
    }

    @Test
    void aQuestionOutOfRangeNamesWhatIsWrong() {
        assertThatThrownBy(() -> new Question(-1.0, null, null, null, null, null))
                .hasMessageContaining("ttft_s (-1.0)");
        assertThatThrownBy(() -> new Question(null, null, 1, null, null, null))
                .hasMessageContaining("gpus (1) must be between 2 and");
    }

    /// Against every pair.
    @Test
    void noFleetOfASizeCarriesMoreThanTheFrontier() {
        var frontier = whatIf.frontier(new Sizes(3, 4));
        var capacity = Calibration.NONE.capacity(SERVICE.spec(), SERVICE.laws(), SEEN);
        for (var point : frontier.points()) {
            double best = 0;
            for (int p = 1; p < point.gpus(); p++) {
                for (int d = 1; SERVICE.spec().gpus(p, d) <= point.gpus(); d++) {
                    best = Math.max(best, Planner.carries(capacity, new Sizes(p, d)));
                }
            }
            assertThat(point.requestsPerSecond())
                    .isGreaterThanOrEqualTo(best * (1 - 1e-5))
                    .isLessThanOrEqualTo(best * (1 + 1e-5));
        }
        assertThat(frontier.points())
                .isSortedAccordingTo(
                        (one, other) ->
                                Double.compare(one.requestsPerSecond(), other.requestsPerSecond()));
        assertThat(frontier.points().getLast().gpus()).isEqualTo(24);
        assertThat(frontier.today()).isNotNull();
    }
}
