package dev.ratematch.k8s.cluster;

import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Starts what the tests of a JVM share when the first of them asks for it. JUnit closes each thing
/// at the end of its scope, the last one made first.
///
/// Of a test that fails in its sandbox it prints what the cluster looks like, before that is gone.
final class ClusterExtension implements ParameterResolver, AfterTestExecutionCallback {

    private static final Namespace NAMESPACE = Namespace.create(ClusterExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == ControlPlane.class
                || type == Sandbox.class
                || type == LeaderWorkerSets.class
                || type == ExternalMetrics.class
                || type == Keda.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        var controlPlane = controlPlane(context);
        if (type == Sandbox.class) {
            return one(context, Sandbox.class, _ -> new Sandbox(controlPlane));
        }
        if (type == LeaderWorkerSets.class) {
            return one(
                    context.getRoot(),
                    LeaderWorkerSets.class,
                    _ -> LeaderWorkerSets.start(controlPlane));
        }
        // These two claim the same API group, so each class of tests has one of them.
        if (type == ExternalMetrics.class) {
            return one(
                    classOf(context),
                    ExternalMetrics.class,
                    _ -> ExternalMetrics.start(controlPlane));
        }
        if (type == Keda.class) {
            return one(classOf(context), Keda.class, _ -> Keda.start(controlPlane));
        }
        return controlPlane;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        var sandbox = context.getStore(NAMESPACE).get(Sandbox.class, Sandbox.class);
        if (sandbox != null && context.getExecutionException().isPresent()) {
            System.err.printf("%s failed.%n%s%n", context.getUniqueId(), sandbox.picture());
        }
    }

    private static ControlPlane controlPlane(ExtensionContext context) {
        return one(
                context.getRoot(),
                ControlPlane.class,
                _ -> ControlPlane.start(Path.of("target", "control-plane-" + ControlPlane.FORK)));
    }

    private static <T> T one(ExtensionContext context, Class<T> type, Function<Class<T>, T> start) {
        Store store = context.getStore(NAMESPACE);
        return store.computeIfAbsent(type, start, type);
    }

    private static ExtensionContext classOf(ExtensionContext context) {
        var each = context;
        while (each.getTestMethod().isPresent()) {
            each = each.getParent().orElseThrow();
        }
        return each;
    }
}
