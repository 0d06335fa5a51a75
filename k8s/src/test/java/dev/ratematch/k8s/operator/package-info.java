@NullMarked
package dev.ratematch.k8s.operator;

import org.jspecify.annotations.NullMarked;
