/// KEDA's external scaler: answers what a ScaledObject should be scaled to.
@NullMarked
package dev.ratematch.k8s.scaler;

import org.jspecify.annotations.NullMarked;
