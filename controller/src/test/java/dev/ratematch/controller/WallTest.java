package dev.ratematch.controller;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.plan.Planner;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The core decides; it neither looks at the world nor at a clock. That is why a decision can be
/// replayed.
class WallTest {

    private static final String HOME = "dev.ratematch.controller.";
    private static final String[] PURE = {
        HOME + "spec..",
        HOME + "observe..",
        HOME + "estimate..",
        HOME + "capacity..",
        HOME + "prospect..",
        HOME + "plan..",
        HOME + "guard..",
        HOME + "move..",
        HOME + "core..",
        HOME + "roleswitch",
        HOME + "ledger..",
        HOME + "whatif.."
    };

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.ratematch.controller");

    @Test
    void pureCodeTouchesNoWorld() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.io..",
                                "java.net..",
                                "java.nio.file..",
                                "java.time..",
                                "java.util.concurrent..",
                                "io.vertx..",
                                "com.fasterxml..",
                                "io.micrometer..",
                                HOME + "telemetry..",
                                HOME + "host.."))
                .check(CLASSES);
    }

    @Test
    void nothingButTheHostAsksForTheTimeOrForLuck() {
        for (var packages : new String[][] {PURE, {HOME + "telemetry", HOME + "host"}}) {
            noClasses()
                    .that()
                    .resideInAnyPackage(packages)
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(Instant.class, "now")
                    .orShould()
                    .callMethod(Math.class, "random")
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(Random.class)
                    .check(CLASSES);
        }
    }

    @Test
    void readingTelemetryNeedsNoNetwork() {
        noClasses()
                .that()
                .resideInAPackage(HOME + "telemetry")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "java.net..",
                                "java.nio.file..",
                                "io.vertx..",
                                "com.fasterxml..",
                                HOME + "telemetry.scrape..",
                                HOME + "host.."))
                .check(CLASSES);
    }

    @Test
    void whatShowsACycleWorksNothingOut() {
        noClasses()
                .that()
                .resideInAnyPackage(HOME + "publish..", HOME + "filter..", HOME + "advice..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(HOME + "capacity..")
                                .or(type(Planner.class))
                                .or(type(Estimator.class)))
                .check(CLASSES);
    }
}
