package dev.ratematch.k8s.chart;

import dev.ratematch.k8s.cluster.Sandbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The chart as a release of the real Helm on the control plane, as an admin installs it.
public final class Release {

    public static final String NAMESPACE = Helm.NAMESPACE;

    private final Helm helm = new Helm();
    private final Path kubeconfig;

    /// Nothing is installed yet.
    public Release(Sandbox sandbox) {
        var controlPlane = sandbox.controlPlane();
        kubeconfig = controlPlane.kubeconfig("helm", controlPlane.admin());
    }

    public String install(String... values) {
        return call(List.of("install", Helm.RELEASE, chart(), "--create-namespace"), values);
    }

    public String upgrade(String... values) {
        return call(List.of("upgrade", Helm.RELEASE, chart(), "--reset-then-reuse-values"), values);
    }

    /// Returns when the chart's own job has ended.
    public String uninstall() {
        return call(List.of("uninstall", Helm.RELEASE));
    }

    private static String chart() {
        return Helm.CHART.toString();
    }

    private String call(List<String> command, String... values) {
        var all = new ArrayList<>(command);
        all.addAll(List.of("--namespace", NAMESPACE));
        for (String value : values) {
            all.addAll(List.of("--set", value));
        }
        var output = helm.on(kubeconfig, all);
        if (output.exit() != 0) {
            throw new AssertionError("helm %s failed: %s".formatted(all, output.err()));
        }
        return output.out();
    }
}
