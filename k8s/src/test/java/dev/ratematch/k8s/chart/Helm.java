package dev.ratematch.k8s.chart;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The real Helm, as `.ci/kube helm` builds it, on the chart of this repository.
final class Helm {

    static final Path ROOT =
            Path.of(System.getProperty("ratematch.root", "..")).toAbsolutePath().normalize();
    static final Path CHART = ROOT.resolve("deploy/chart/ratematch");
    static final String KUBERNETES = "1.36.0";
    static final String RELEASE = "ratematch";
    static final String NAMESPACE = "ratematch-system";

    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final Pattern DOCUMENTS = Pattern.compile("(?m)^---.*$");

    /// What a program said and how it ended.
    record Output(int exit, String out, String err) {}

    private final Path binary;

    Helm() {
        var built = run(Map.of(), List.of("bash", ROOT.resolve(".ci/kube").toString(), "helm"));
        if (built.exit() != 0) {
            throw new IllegalStateException(".ci/kube helm failed:\n" + built.err());
        }
        binary = Path.of(built.out().strip(), "helm");
    }

    /// Without a kubeconfig, so that nothing here can reach a cluster that happens to be near.
    Output call(String... arguments) {
        var command = Stream.concat(Stream.of(binary.toString()), Stream.of(arguments)).toList();
        return run(Map.of("KUBECONFIG", "/dev/null"), command);
    }

    /// On the cluster of that kubeconfig.
    Output on(Path kubeconfig, List<String> arguments) {
        var command = Stream.concat(Stream.of(binary.toString()), arguments.stream()).toList();
        return run(Map.of("KUBECONFIG", kubeconfig.toString()), command);
    }

    Output template(String... options) {
        return template(CHART, options);
    }

    /// Built from its module, Helm takes every cluster for an old one unless it is told.
    Output template(Path chart, String... options) {
        var fixed =
                List.of(
                        "template",
                        RELEASE,
                        chart.toString(),
                        "--namespace",
                        NAMESPACE,
                        "--kube-version",
                        KUBERNETES);
        return call(Stream.concat(fixed.stream(), Stream.of(options)).toArray(String[]::new));
    }

    /// The objects that the chart makes with these options; those of its hooks come and go.
    Rendered render(String... options) {
        return rendered(false, options);
    }

    /// The objects of its hooks alone.
    Rendered hooks(String... options) {
        return rendered(true, options);
    }

    private Rendered rendered(boolean hooks, String... options) {
        var output = template(options);
        if (output.exit() != 0) {
            throw new AssertionError("helm template failed: " + output.err());
        }
        var all = Rendered.of(output.out());
        return new Rendered(
                all.objects().stream().filter(object -> hook(object) == hooks).toList());
    }

    private static boolean hook(HasMetadata object) {
        var annotations = object.getMetadata().getAnnotations();
        return annotations != null && annotations.containsKey("helm.sh/hook");
    }

    static Output bash(String script, String... arguments) {
        var command = new ArrayList<>(List.of("bash", ROOT.resolve(script).toString()));
        command.addAll(List.of(arguments));
        return run(Map.of(), command);
    }

    private static Output run(Map<String, String> environment, List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            var process = builder.start();
            process.getOutputStream().close();
            var err = new StringBuilder();
            // Both pipes are read at once: a full one would block the program.
            var reader =
                    Thread.ofVirtual()
                            .start(() -> err.append(text(process.errorReader(UTF_8).lines())));
            String out = new String(process.getInputStream().readAllBytes(), UTF_8);
            int exit = process.waitFor();
            reader.join();
            return new Output(exit, out, err.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command, e);
        }
    }

    private static String text(Stream<String> lines) {
        return lines.collect(Collectors.joining("\n"));
    }

    /// Objects of one rendering.
    record Rendered(List<HasMetadata> objects) {

        static Rendered of(String manifests) {
            return new Rendered(
                    Stream.of(DOCUMENTS.split(manifests))
                            .filter(text -> text.contains("kind:"))
                            .map(text -> (HasMetadata) YAML.unmarshal(text))
                            .toList());
        }

        <T extends HasMetadata> List<T> all(Class<T> kind) {
            return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        /// The only one of its kind.
        <T extends HasMetadata> T one(Class<T> kind) {
            var found = all(kind);
            if (found.size() != 1) {
                throw new AssertionError(
                        "%d objects of kind %s instead of one".formatted(found.size(), kind));
            }
            return found.getFirst();
        }

        <T extends HasMetadata> T named(Class<T> kind, String name) {
            Optional<T> found =
                    all(kind).stream()
                            .filter(o -> o.getMetadata().getName().equals(name))
                            .findFirst();
            return found.orElseThrow(
                    () -> new AssertionError("no %s %s".formatted(kind.getSimpleName(), name)));
        }

        List<String> kinds() {
            return objects.stream().map(HasMetadata::getKind).sorted().toList();
        }
    }
}
