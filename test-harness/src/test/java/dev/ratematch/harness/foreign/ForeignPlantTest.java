package dev.ratematch.harness.foreign;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.ratematch.controller.filter.StepFilter;
import dev.ratematch.harness.foreign.Traffic.Arrival;
import dev.ratematch.harness.foreign.Traffic.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForeignPlantTest {

    private static final Site SITE = Site.standard();
    private static final Mix MIX = new Mix(1400, 101);

    /// Requests at even distances.
    private static Traffic even(int count, double gap, int input, int output) {
        var arrivals = new ArrayList<Arrival>();
        for (int n = 0; n < count; n++) {
            arrivals.add(new Arrival(1 + n * gap, input, output));
        }
        double seconds = 2 + count * gap;
        return new Traffic("even", List.of(new Phase(0, MIX, 1 / gap, 0)), seconds, arrivals);
    }

    /// Neither code nor figures of the bundled plant, the cost model or the planner: the lines of
    /// `step` are all there is.
    @Test
    void itKnowsTheProtocolAlone() {
        var classes = new ClassFileImporter().importPackages("dev.ratematch.harness.foreign");
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.ratematch..")
                                .and(not(resideInAPackage("dev.ratematch.harness.foreign..")))
                                .and(not(type(StepFilter.class))))
                .check(classes);
    }

    @Test
    void aSeedIsARun() {
        var traffic = ForeignStudy.traffic(Variant.STANDARD, "calm", 3);
        assertThat(ForeignStudy.traffic(Variant.STANDARD, "calm", 3)).isEqualTo(traffic);
        assertThat(ForeignStudy.traffic(Variant.STANDARD, "calm", 4)).isNotEqualTo(traffic);
        var few = even(2_000, 0.1, 1400, 101);
        assertThat(ForeignStudy.ours(SITE, few, 1, Map.of()))
                .isEqualTo(ForeignStudy.ours(SITE, few, 1, Map.of()));
    }

    @Test
    void whatIsOfferedFarBelowTheRatesIsGoodAndFarAboveIsNot() {
        var split = new Counts(1, 1);
        double rate = SITE.rate(split, MIX);
        assertThat(rate).isBetween(5.0, 15.0);
        var calm = Plant.run(SITE, even(600, 2 / rate, 1400, 101), 1, split, new FixedSplit(split));
        assertThat(calm.good()).isEqualTo(600);
        var flood =
                Plant.run(SITE, even(600, 0.5 / rate, 1400, 101), 1, split, new FixedSplit(split));
        assertThat(flood.percent()).isLessThan(30);
    }

    /// A timetable of what replicas can carry, seen through: two drain, their GPUs start two others
    /// after the lead time.
    @Test
    void receiversWaitForTheGpusOfDonors() {
        var seen = new ArrayList<Seen>();
        Policy turn =
                s -> {
                    seen.add(s);
                    return new Counts(s.at() < 30 ? 8 : 10, s.at() < 30 ? 8 : 6);
                };
        var traffic = even(400, 1, 500, 4000);
        var score = Plant.run(SITE, traffic, 1, new Counts(8, 8), turn);
        assertThat(score.moves()).isOne();
        assertThat(seen)
                .allSatisfy(
                        s ->
                                assertThat(
                                                s.prefill().ready()
                                                        + s.prefill().starting()
                                                        + s.decode().ready()
                                                        + s.decode().starting()
                                                        + s.prefill().draining()
                                                        + s.decode().draining())
                                        .isLessThanOrEqualTo(16));
        var after = seen.get(2);
        assertThat(after.decode().draining()).isEqualTo(2);
        assertThat(after.prefill().pending()).isEqualTo(2);
        var last = seen.getLast();
        assertThat(last.prefill().ready()).isEqualTo(10);
        assertThat(last.decode().ready()).isEqualTo(6);
    }

    @Test
    void prefillStandsStillWhileItHoldsWhatDecodeCannotTake() {
        var engine = SITE.engine().room(4_000, 2_000);
        var tight = SITE.with(engine);
        var split = new Counts(1, 1);
        var seen = new ArrayList<Seen>();
        Policy watch =
                s -> {
                    seen.add(s);
                    return split;
                };
        Plant.run(tight, even(300, 0.2, 1000, 500), 1, split, watch);
        assertThat(seen).anyMatch(s -> s.prefill().queued() > 10 && s.decode().queued() >= 1);
        assertThat(seen).allMatch(s -> s.decode().running() <= 1);
    }

    @Test
    void lengthsAreThoseOfRequestsThatEnded() {
        var seen = new ArrayList<Seen>();
        Policy watch =
                s -> {
                    seen.add(s);
                    return new Counts(8, 8);
                };
        Plant.run(SITE, even(100, 1, 700, 3000), 1, new Counts(8, 8), watch);
        assertThat(seen.getFirst().traffic().arrived()).isEqualTo(15);
        assertThat(seen.getFirst().traffic().input()).isNull();
        assertThat(seen.get(4).traffic().input()).isEqualTo(700.0);
        assertThat(seen.get(4).traffic().output()).isEqualTo(3000.0);
    }

    @Test
    void theControllerIsDrivenThroughItsLinesAlone() {
        var lines = new ArrayList<String>();
        var filter = new StepFilter();
        var stepped =
                new Stepped(
                        SITE,
                        Map.of("demandMargin", 0.3, "min_budget_gpus", 32.0),
                        line -> {
                            lines.add(line);
                            return filter.line(line);
                        });
        Plant.run(SITE, even(600, 1, 6000, 150), 1, new Counts(8, 8), stepped);
        assertThat(lines.getFirst()).contains("\"demandMargin\":0.3", "\"min_budget_gpus\":32");
        assertThat(lines).hasSizeGreaterThan(40);
        assertThat(lines.getLast()).doesNotContain("queued_tokens").contains("\"isl_mean\":6000");
    }
}
