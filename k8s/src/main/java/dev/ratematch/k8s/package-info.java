/// Kubernetes as one host of the controller: custom resources, fleet, status. Empty until the
/// operator lands; its wall already stands.
@NullMarked
package dev.ratematch.k8s;

import org.jspecify.annotations.NullMarked;
