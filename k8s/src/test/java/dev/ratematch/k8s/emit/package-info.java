@NullMarked
package dev.ratematch.k8s.emit;

import org.jspecify.annotations.NullMarked;
