@NullMarked
package dev.ratematch.k8s.fleet;

import org.jspecify.annotations.NullMarked;
