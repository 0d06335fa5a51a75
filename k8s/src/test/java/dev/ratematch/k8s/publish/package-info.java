@NullMarked
package dev.ratematch.k8s.publish;

import org.jspecify.annotations.NullMarked;
