/// Deployments under a fixed number of requests in flight, as load generators measure them.
@NullMarked
package dev.ratematch.costmodel.closed;

import org.jspecify.annotations.NullMarked;
