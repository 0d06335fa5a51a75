@NullMarked
package dev.ratematch.harness.plant;

import org.jspecify.annotations.NullMarked;
