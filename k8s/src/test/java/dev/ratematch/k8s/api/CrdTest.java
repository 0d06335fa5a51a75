package dev.ratematch.k8s.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Precision;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrdTest {

    private static final Path COMMITTED = Path.of("../deploy/crds");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path generated;

    private void generate() {
        new CRDGenerator()
                .inOutputDir(generated.toFile())
                .customResourceClasses(RateMatcher.class, GpuPool.class)
                .forCRDVersions("v1")
                .withPostProcessor(
                        new CRDPostProcessor() {
                            @Override
                            public HasMetadata process(HasMetadata crd, String version) {
                                return tidied((CustomResourceDefinition) crd);
                            }
                        })
                .withParallelGenerationEnabled(false)
                .generate();
    }

    /// The generator meets a record's annotations twice (component and accessor), sorts the columns
    /// by path and never requires a spec.
    private static CustomResourceDefinition tidied(CustomResourceDefinition crd) {
        for (var version : crd.getSpec().getVersions()) {
            var declared =
                    crd.getSpec().getNames().getKind().equals("RateMatcher")
                            ? columns(RateMatcher.class)
                            : columns(GpuPool.class);
            version.getAdditionalPrinterColumns()
                    .sort(Comparator.comparingInt(c -> declared.indexOf(c.getName())));
            var schema = version.getSchema().getOpenAPIV3Schema();
            schema.setRequired(List.of("spec"));
            single(schema);
            OptionRules.write(schema.getProperties().get("spec"));
            ClosedLists.write(schema.getProperties().get("spec"));
            StatusDefault.write(schema);
        }
        return crd;
    }

    private static List<String> columns(Class<?> kind) {
        return Stream.of(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
    }

    private static void single(JSONSchemaProps schema) {
        var rules = schema.getXKubernetesValidations();
        if (rules != null) {
            schema.setXKubernetesValidations(new ArrayList<>(new LinkedHashSet<>(rules)));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(CrdTest::single);
        }
    }

    private Path file(String plural) {
        return generated.resolve(plural + ".ratematch.dev-v1.yml");
    }

    /// `-Dratematch.crds=write` writes what the records say into the repository.
    @ParameterizedTest
    @ValueSource(strings = {"ratematchers", "gpupools"})
    void the_committed_schema_is_the_one_that_the_records_make(String plural) throws IOException {
        generate();
        String text = Files.readString(file(plural));
        var committed = COMMITTED.resolve(plural + ".yaml");
        if ("write".equals(System.getProperty("ratematch.crds"))) {
            Files.createDirectories(COMMITTED);
            Files.writeString(committed, text);
        }
        assertThat(committed)
                .as("run: mvn -pl k8s -am test -Dtest=CrdTest -Dratematch.crds=write")
                .hasContent(text);
    }

    @Test
    void every_field_is_explained() throws IOException {
        generate();
        for (String plural : List.of("ratematchers", "gpupools")) {
            var crd =
                    Serialization.unmarshal(
                            Files.readString(file(plural)), CustomResourceDefinition.class);
            var schema = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
            var silent = new ArrayList<String>();
            silent("", schema, silent);
            assertThat(silent).as(plural).isEmpty();
        }
    }

    @Test
    void every_closed_list_is_explained_and_accepted() throws IOException {
        generate();
        var crd =
                Serialization.unmarshal(
                        Files.readString(file("ratematchers")), CustomResourceDefinition.class);
        var spec =
                crd.getSpec()
                        .getVersions()
                        .getFirst()
                        .getSchema()
                        .getOpenAPIV3Schema()
                        .getProperties()
                        .get("spec");
        ClosedLists.FIELDS.forEach(
                (path, names) -> {
                    var field = Objects.requireNonNull(ClosedLists.at(spec, path), path);
                    assertThat(field.getEnum()).as(path).hasSameSizeAs(names);
                    assertThat(field.getDescription()).as(path).contains(names);
                });
        ClosedLists.FIELDS.getOrDefault("precision", List.of()).forEach(Precision::parse);
        ClosedLists.FIELDS.getOrDefault("kvDtype", List.of()).forEach(KvDtype::parse);
        ClosedLists.FIELDS.getOrDefault("accelerator", List.of()).forEach(Accelerators::named);
    }

    private static void silent(String path, JSONSchemaProps schema, List<String> found) {
        var items = schema.getItems();
        var properties = items == null ? schema.getProperties() : items.getSchema().getProperties();
        if (properties == null) {
            return;
        }
        properties.forEach(
                (name, child) -> {
                    boolean top = path.isEmpty();
                    if (!top
                            && (child.getDescription() == null
                                    || child.getDescription().isBlank())) {
                        found.add(path + "." + name);
                    }
                    silent(path + "." + name, child, found);
                });
    }
}
