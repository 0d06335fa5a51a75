@NullMarked
package dev.ratematch.k8s.engine;

import org.jspecify.annotations.NullMarked;
