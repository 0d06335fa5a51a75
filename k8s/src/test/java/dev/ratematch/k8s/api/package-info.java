@NullMarked
package dev.ratematch.k8s.api;

import org.jspecify.annotations.NullMarked;
