/// The custom resources as records. Their schemas are generated from here and committed; what the
/// schema cannot refuse, `resolve` does.
@NullMarked
package dev.ratematch.k8s.api;

import org.jspecify.annotations.NullMarked;
