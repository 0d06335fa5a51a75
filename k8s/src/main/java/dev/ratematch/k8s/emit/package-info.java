/// A plan as files that deploy it: manifests, launch commands and a load test, for each target that
/// can run it.
@NullMarked
package dev.ratematch.k8s.emit;

import org.jspecify.annotations.NullMarked;
