package dev.ratematch.k8s.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/// A class of tests against the control plane, which all of them share. `make test-kube` runs them.
///
/// A test may take as parameters a [ControlPlane], a [Sandbox] of its own, [LeaderWorkerSets] and
/// [ExternalMetrics].
@Tag("kube")
@ExtendWith(ClusterExtension.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface KubeTest {}
