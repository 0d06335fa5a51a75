@NullMarked
package dev.ratematch.k8s.scaler;

import org.jspecify.annotations.NullMarked;
