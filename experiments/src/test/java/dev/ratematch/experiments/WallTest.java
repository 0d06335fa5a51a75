package dev.ratematch.experiments;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// What is found is a value; how it is shown, and where it is written, is for others.
class WallTest {

    private static final String HOME = "dev.ratematch.experiments.";
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.ratematch.experiments");

    @Test
    void studiesKnowNoRendererNoFileAndNoClock() {
        noClasses()
                .that()
                .resideInAnyPackage(HOME + "study..", HOME + "design..", HOME + "plant..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HOME + "render..", "com.fasterxml.jackson..")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Math.class, "random")
                .check(CLASSES);
    }

    @Test
    void findingsKnowNothingOfWhatTheyAreAbout() {
        noClasses()
                .that()
                .resideInAPackage(HOME + "findings..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        HOME + "study..",
                        HOME + "render..",
                        HOME + "design..",
                        HOME + "plant..",
                        "dev.ratematch.costmodel..",
                        "dev.ratematch.controller..",
                        "dev.ratematch.harness..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCircle() {
        slices().matching(HOME + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
