package dev.ratematch.k8s;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.plan.Planner;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/// Kubernetes is a host of the controller: the controller and the cost model do not know it, and it
/// knows neither the simulated cluster nor the command line.
class WallTest {

    private static final ClassFileImporter PRODUCTION =
            new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests());

    @Test
    void knowsNeitherTheSimulationNorTheCommandLine() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.ratematch.harness..", "dev.ratematch.cli..")
                .check(PRODUCTION.importPackages("dev.ratematch.k8s"));
    }

    @Test
    void isUnknownToWhatItHosts() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..", "dev.ratematch.k8s..")
                .check(
                        PRODUCTION.importPackages(
                                "dev.ratematch.controller", "dev.ratematch.costmodel"));
    }

    @Test
    void onlyTheScalerSpeaksGrpc() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ratematch.k8s.scaler..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..")
                .check(PRODUCTION.importPackages("dev.ratematch.k8s"));
    }

    @Test
    void whatShowsACycleWorksNothingOut() {
        noClasses()
                .that()
                .resideInAPackage("dev.ratematch.k8s.operator..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("dev.ratematch.controller.capacity..")
                                .or(type(Planner.class))
                                .or(type(Estimator.class)))
                .check(PRODUCTION.importPackages("dev.ratematch.k8s"));
    }

    /// A deployment is a function of a plan: no cluster is asked, and nothing that runs in one.
    @Test
    void whatIsEmittedAsksNoCluster() {
        noClasses()
                .that()
                .resideInAPackage("dev.ratematch.k8s.emit..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                        "dev.ratematch.k8s.operator..",
                                        "dev.ratematch.k8s.fleet..",
                                        "dev.ratematch.k8s.telemetry..")
                                .or(type(KubernetesClient.class))
                                .or(type(Clock.class)))
                .check(PRODUCTION.importPackages("dev.ratematch.k8s"));
    }

    @Test
    void aSessionAsksOnlyItsPorts() {
        noClasses()
                .that()
                .haveNameMatching(
                        ".*[.]operator[.](Session|Guards|Chronicle|Scribe|StatusText|Conditions|Assessed).*")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.javaoperatorsdk..")
                                .or(type(KubernetesClient.class))
                                .or(simpleName("World")))
                .check(PRODUCTION.importPackages("dev.ratematch.k8s"));
    }

    @Test
    void whatASessionDoesIsAFunctionOfValues() {
        noClasses()
                .that()
                .haveNameMatching(
                        ".*[.]operator[.](Session(Step|State|Look)|Guards|StatusText|Conditions|Assessed).*")
                .should()
                .dependOnClassesThat(
                        simpleName("ClusterView")
                                .or(simpleName("Notes"))
                                .or(simpleName("KubernetesFleet"))
                                .or(simpleName("TargetClient"))
                                .or(type(Clock.class)))
                .check(PRODUCTION.importPackages("dev.ratematch.k8s"));
    }
}
