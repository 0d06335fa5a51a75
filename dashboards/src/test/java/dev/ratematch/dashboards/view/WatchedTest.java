package dev.ratematch.dashboards.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.dashboards.Scene;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What is kept of a service, and that it stays small.
class WatchedTest {

    private static final int POINTS_MAX = 481;
    private static final double MORNING = 1_790_000_000;

    private final Scene scene = new Scene(MORNING);

    private void watch(Watched watched, int prefill, int decode, double rate, double ttft) {
        var told = scene.cycle(prefill, decode, rate, ttft);
        watched.add(scene.service(), told.cycle(), told.record());
    }

    @Test
    void twoDaysTakeAsMuchRoomAsOne() {
        var watched = new Watched("chat", "chat", false);
        int cycles = (int) (2 * History.DAY_SECONDS / Scene.WINDOW_SECONDS);
        int most = 0;
        for (int i = 0; i < cycles; i++) {
            watch(watched, 2, 3, 4, 0.5);
            most = Math.max(most, watched.points());
        }
        assertThat(most).isGreaterThan(400).isLessThanOrEqualTo(POINTS_MAX);
        var at = watched.after(0).at();
        assertThat(at).isSorted();
        assertThat(at.getLast() - at.getFirst()).isLessThanOrEqualTo(History.DAY_SECONDS);
        assertThat(at.getLast() - at.getFirst())
                .isGreaterThan(History.DAY_SECONDS - 2 * History.SLOT_SECONDS);
    }

    @Test
    void thinningHidesNoBreach() {
        var watched = new Watched("chat", "chat", false);
        for (int i = 0; i < 3 * History.NEWEST_MAX; i++) {
            watch(watched, 2, 3, 4, i == 7 ? 9.5 : 0.5);
        }
        assertThat(watched.after(0).columns().get("ttft")).contains(9.5);
    }

    @Test
    void aClockThatIsPutBackBeginsAnew() {
        var watched = new Watched("chat", "chat", false);
        watch(watched, 2, 3, 4, 0.5);
        watch(watched, 2, 3, 4, 0.5);
        var earlier = new Scene(MORNING - 600).cycle(2, 3, 4, 0.5);
        watched.add(scene.service(), earlier.cycle(), earlier.record());
        assertThat(watched.after(0).at()).hasSize(1);
    }

    @Test
    void whatIsUnknownIsNullWithItsReason() {
        var watched = new Watched("chat", "chat", false);
        var told = scene.blind("the pods do not answer");
        watched.add(scene.service(), told.cycle(), told.record());
        var history = watched.after(0);
        assertThat(history.columns().get("arrived")).containsExactly((Double) null);
        assertThat(history.why()).containsExactly("the pods do not answer");
        var view = watched.view(watched.latest().orElseThrow());
        assertThat(view.row().status()).isEqualTo(Status.CANNOT_TELL);
        assertThat(view.traffic().inputTokens().value()).isNull();
        assertThat(view.traffic().inputTokens().why()).isEqualTo("the pods do not answer");
        assertThat(view.pools().getFirst().ready().why()).isEqualTo("the pods do not answer");
        assertThat(view.model()).isNull();
    }

    @Test
    void aBrokenPromiseIsTheMostUrgentThatIsKnown() {
        var watched = new Watched("chat", "chat", false);
        for (int i = 0; i < 4; i++) {
            watch(watched, 2, 3, 4, 9.5);
        }
        var view = watched.view(watched.latest().orElseThrow());
        assertThat(view.row().status()).isEqualTo(Status.LATE);
        assertThat(view.broken()).containsExactly("TTFT");
    }

    @Test
    void aDecisionIsKeptWithItsReasonAndHowOftenItWasTaken() {
        var watched = new Watched("chat", "chat", false);
        for (int i = 0; i < 12; i++) {
            watch(watched, 1, 1, 60, 9.5);
        }
        var decisions = watched.decisions();
        assertThat(decisions.stream().mapToInt(DecisionView::cycles).sum()).isEqualTo(12);
        var change =
                decisions.reversed().stream()
                        .filter(DecisionView::changes)
                        .findFirst()
                        .orElseThrow();
        assertThat(change.from()).isEqualTo(new Pair(1, 1, 2));
        var whole = watched.decision(change.number()).orElseThrow();
        assertThat(whole.candidates()).isNotEmpty();
        assertThat(whole.checks()).isNotEmpty();
        assertThat(change.checks()).isEmpty();
    }

    @Test
    void decisionsAreBoundedAndChangesOutliveHolds() {
        var decisions = new Decisions();
        var record = scene.cycle(2, 3, 4, 0.5).record();
        var hold = scene.cycle(2, 3, 4, 0.5).cycle();
        var blind = scene.blind("nothing answers").cycle();
        for (int i = 1; i <= 400; i++) {
            var cycle = i % 2 == 0 ? hold : blind;
            decisions.add(new Seen(i, scene.service(), cycle, record, List.of()));
        }
        assertThat(decisions.list()).hasSize(Decisions.HOLDS_MAX);
        assertThat(decisions.list().getLast().number()).isEqualTo(400);
    }

    @Test
    void anOpenMoveIsShownAsTheStepsThatWereSeen() {
        var watched = new Watched("chat", "chat", true);
        Seen moving = null;
        for (int i = 0; i < 12 && moving == null; i++) {
            watch(watched, 1, 1, 60, 9.5);
            moving = watched.latest().filter(seen -> seen.cycle().open() != null).orElse(null);
        }
        var view = watched.view(Objects.requireNonNull(moving));
        var move = Objects.requireNonNull(view.move());
        assertThat(move.steps().getLast().phase()).isEqualTo(move.phase());
        assertThat(move.steps().getFirst().startedSeconds()).isEqualTo(move.startedSeconds());
    }

    @Test
    void momentsThatArePastAreShownWhereCyclesAreKept() {
        var kept = new Watched("chat", "chat", true);
        var thin = new Watched("chat", "chat", false);
        for (int i = 1; i <= 5; i++) {
            var told = scene.cycle(2, 3, i, 0.5);
            kept.add(scene.service(), told.cycle(), told.record());
            thin.add(scene.service(), told.cycle(), told.record());
        }
        double third = MORNING + 3 * Scene.WINDOW_SECONDS;
        assertThat(kept.at(third + 1).orElseThrow().sequence()).isEqualTo(3);
        assertThat(kept.at(0).orElseThrow().sequence()).isEqualTo(1);
        assertThat(thin.at(third)).isEmpty();
    }
}
