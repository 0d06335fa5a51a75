package dev.ratematch.sizing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A plan depends on what was asked and on nothing else: not on a running fleet, not on the hour.
class WallTest {

    private static final String HOME = "dev.ratematch.";
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(HOME + "sizing");

    @Test
    void knowsNoControlLoopAndNoSimulation() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        HOME + "controller.core..",
                        HOME + "controller.host..",
                        HOME + "controller.telemetry..",
                        HOME + "harness..",
                        HOME + "k8s..")
                .check(CLASSES);
    }

    @Test
    void asksNoClockAndNoLuck() {
        noClasses()
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
    void packagesFormNoCycle() {
        slices().matching(HOME + "(sizing.*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
