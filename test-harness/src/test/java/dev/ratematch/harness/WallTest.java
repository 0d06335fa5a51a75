package dev.ratematch.harness;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A plant made of the planner's equations, or an anchor that trusts them, would prove nothing.
class WallTest {

    private static final String HOME = "dev.ratematch.";
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(HOME + "harness");

    @Test
    void thePlantKnowsNothingOfThePlanner() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        HOME + "harness.plant..",
                        HOME + "harness.exposition..",
                        HOME + "harness.sim..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        HOME + "costmodel.phase..",
                        HOME + "costmodel.frontier..",
                        HOME + "costmodel.kernel..",
                        HOME + "costmodel.queue..",
                        HOME + "controller.plan..",
                        HOME + "controller.capacity..",
                        HOME + "controller.core..",
                        HOME + "harness.judge..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(HOME + "costmodel.transfer.KvTransfer")
                .check(CLASSES);
    }

    /// What shows itself need not know who looks, and how metrics are read decides nothing about
    /// how they are written.
    @Test
    void thePlantKnowsNothingOfItsMetricsAndTheseNothingOfTheirReader() {
        noClasses()
                .that()
                .resideInAnyPackage(HOME + "harness.plant..", HOME + "harness.sim..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HOME + "harness.exposition..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(HOME + "harness.plant..", HOME + "harness.exposition..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        HOME + "controller.telemetry..",
                        HOME + "controller.host..",
                        HOME + "harness.http..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCircle() {
        slices().matching(HOME + "harness.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void noAnchorAndNoPeerUsesTheCostModel() {
        var names =
                Stream.of(
                                "Bound",
                                "Oracle",
                                "CeilClamp",
                                "TwoHpa",
                                "FixedRatio",
                                "PlantWork",
                                "TrueRates")
                        .map(name -> HOME + "harness.judge." + name)
                        .collect(Collectors.toSet());
        var anchors = CLASSES.that(oneOf(names));
        assertThatAllAreThere(anchors, names);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        HOME + "costmodel.phase..",
                        HOME + "costmodel.model..",
                        HOME + "costmodel.kernel..")
                .check(anchors);
    }

    private static void assertThatAllAreThere(JavaClasses found, Set<String> names) {
        for (String name : names) {
            assertThat(found.contain(name)).as(name).isTrue();
        }
    }

    private static DescribedPredicate<JavaClass> oneOf(Set<String> names) {
        return DescribedPredicate.describe(
                "anchors", c -> names.contains(c.getName().replaceAll("\\$.*", "")));
    }

    @Test
    void plantAndTrafficAskNoClockAndNoLuck() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        HOME + "harness.plant..",
                        HOME + "harness.exposition..",
                        HOME + "harness.sim..",
                        HOME + "harness.judge..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Random.class)
                .check(CLASSES);
    }

    @Test
    void thePlantUsesOnlyMathematicsThatIsEqualOnEveryMachine() {
        noClasses()
                .should()
                .callMethod(Math.class, "exp", double.class)
                .orShould()
                .callMethod(Math.class, "log", double.class)
                .orShould()
                .callMethod(Math.class, "pow", double.class, double.class)
                .check(CLASSES);
    }
}
