/// A real Kubernetes control plane for tests: etcd, API server, controllers and scheduler as
/// processes on loopback. Only nodes and their kubelet are played.
@NullMarked
package dev.ratematch.k8s.cluster;

import org.jspecify.annotations.NullMarked;
