package dev.ratematch.dashboards;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.plan.Planner;
import org.junit.jupiter.api.Test;

/// What shows a cycle shows it, and works nothing out.
class WallTest {

    private static final String HOME = "dev.ratematch.";
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(HOME + "dashboards");

    @Test
    void aViewIsAFunctionOfCyclesAndTouchesNoWorld() {
        noClasses()
                .that()
                .resideInAPackage(HOME + "dashboards.view..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.io..",
                                "java.net..",
                                "java.nio.file..",
                                "java.time..",
                                "io.vertx..",
                                HOME + "controller.telemetry..",
                                HOME + "controller.host..",
                                HOME + "controller.whatif..",
                                HOME + "dashboards.console.."))
                .check(CLASSES);
    }

    /// Who reports gives it figures; it knows none of ours.
    @Test
    void aPageKnowsNothingOfWhatItShows() {
        noClasses()
                .that()
                .resideInAPackage(HOME + "dashboards.page..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                HOME + "controller..",
                                HOME + "dashboards.view..",
                                HOME + "dashboards.console..",
                                "io.vertx..",
                                "java.nio.file..",
                                "java.time.."))
                .check(CLASSES);
    }

    @Test
    void nothingIsDecidedAgain() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(HOME + "controller.capacity..")
                                .or(type(Planner.class))
                                .or(type(Estimator.class))
                                .or(type(Controller.class)))
                .check(CLASSES);
    }

    @Test
    void knowsNoHost() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        HOME + "cli..", HOME + "k8s..", HOME + "harness..", HOME + "sizing..")
                .check(CLASSES);
    }
}
