@NullMarked
package dev.ratematch.harness.judge;

import org.jspecify.annotations.NullMarked;
