package dev.ratematch.costmodel.frontier.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.parallel.Parallelism;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RankingTest {

    private record Plan(String name, double served, double withoutOne, int oddity) {}

    private static List<String> order(Plan... plans) {
        return new Ranking<>(
                        Plan::served,
                        Plan::withoutOne,
                        Plan::oddity,
                        Comparator.comparingDouble(p -> -p.served()))
                .first(5, List.of(plans)).stream().map(Plan::name).toList();
    }

    @Test
    void whatServesMoreThanTheModelCanMistakeComesFirst() {
        assertThat(order(new Plan("safe", 97, 96, 0), new Plan("most", 100, 0, 2)))
                .containsExactly("most", "safe");
    }

    @Test
    void amongTiesTheOneThatKeepsMostWithoutAnEngineComesFirst() {
        assertThat(order(new Plan("most", 100, 50, 0), new Plan("safe", 98.5, 90, 2)))
                .containsExactly("safe", "most");
    }

    @Test
    void thenShapesThatEnginesDocument() {
        assertThat(order(new Plan("odd", 100, 90, 2), new Plan("plain", 99, 88.5, 0)))
                .containsExactly("plain", "odd");
        assertThat(order(new Plan("odd", 100, 90, 1), new Plan("plain", 99, 87, 0)))
                .containsExactly("odd", "plain");
    }

    @Test
    void thenTheLastOfTheRequests() {
        assertThat(order(new Plan("less", 99, 90, 0), new Plan("more", 99.5, 90, 0)))
                .containsExactly("more", "less");
    }

    @Test
    void theOrderIsThatOfTheRulesAndNotOfTheFinding() {
        var a = new Plan("a", 100, 10, 0);
        var b = new Plan("b", 99, 90, 1);
        var c = new Plan("c", 97.5, 97, 0);
        assertThat(order(a, b, c)).isEqualTo(order(c, b, a)).containsExactly("b", "a", "c");
    }

    @Test
    void stagesWithCopiesAreOdderThanStagesThatShardEverything() {
        assertThat(List.of("tp8", "tep8", "dep32", "tp8pp2", "dep4pp2", "tep8pp2"))
                .map(text -> Ranking.oddity(Parallelism.parse(text), 0))
                .containsExactly(0, 0, 0, 1, 2, 2);
        assertThat(Ranking.oddity(Parallelism.parse("tp8pp2"), 4096)).isEqualTo(2);
    }
}
