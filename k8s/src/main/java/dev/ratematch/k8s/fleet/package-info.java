/// The two pools as Kubernetes runs them: what is scaled, what its pods are, and how they leave.
/// Reading pods and templates is pure; `TargetClient` and `KubernetesFleet` do the I/O.
@NullMarked
package dev.ratematch.k8s.fleet;

import org.jspecify.annotations.NullMarked;
