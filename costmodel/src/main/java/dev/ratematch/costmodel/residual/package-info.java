/// What engines add to their kernels, learnt from measured deployments.
@NullMarked
package dev.ratematch.costmodel.residual;

import org.jspecify.annotations.NullMarked;
