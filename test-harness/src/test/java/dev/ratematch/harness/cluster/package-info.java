@NullMarked
package dev.ratematch.harness.cluster;

import org.jspecify.annotations.NullMarked;
