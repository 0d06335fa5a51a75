package dev.ratematch.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.plan.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Walls between the modules, seen from the only one that may use all of them.
class WallTest {

    private static final Path ROOT = Path.of(System.getProperty("ratematch.root", ".."));
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(
                            "dev.ratematch.costmodel",
                            "dev.ratematch.controller",
                            "dev.ratematch.sizing",
                            "dev.ratematch.harness",
                            "dev.ratematch.experiments",
                            "dev.ratematch.dashboards",
                            "dev.ratematch.cli");

    @Test
    void onlyTheKubernetesModuleUsesFabric8() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..")
                .check(CLASSES);
    }

    @Test
    void nothingDependsOnTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ratematch.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.ratematch.cli..", "picocli..", "me.tongfei..")
                .check(CLASSES);
    }

    @Test
    void theControllerKnowsNeitherItsHostsNorItsJudge() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.ratematch.controller..", "dev.ratematch.costmodel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.ratematch.sizing..",
                        "dev.ratematch.harness..",
                        "dev.ratematch.experiments..",
                        "dev.ratematch.dashboards..",
                        "dev.ratematch.k8s..")
                .check(CLASSES);
    }

    /// So that every host decides by the same loop.
    @Test
    void onlyTheControlLoopAsksTheController() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ControlLoop.class.getName())
                .and()
                .resideOutsideOfPackage("dev.ratematch.controller.core")
                .should()
                .dependOnClassesThat(type(Controller.class))
                .check(CLASSES);
    }

    /// What only the documents need must not reach the jar.
    @Test
    void noModuleUsesTheStudies() throws IOException {
        try (var modules = Files.list(ROOT)) {
            for (var module : modules.filter(m -> !m.endsWith("studies")).toList()) {
                var pom = module.resolve("pom.xml");
                if (Files.exists(pom)) {
                    assertThat(Files.readString(pom)).as("%s", pom).doesNotContain("-studies<");
                }
            }
        }
    }

    @Test
    void whatShowsACycleWorksNothingOut() {
        noClasses()
                .that()
                .resideInAPackage("dev.ratematch.cli.live..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("dev.ratematch.controller.capacity..")
                                .or(type(Planner.class))
                                .or(type(Estimator.class)))
                .check(CLASSES);
    }
}
