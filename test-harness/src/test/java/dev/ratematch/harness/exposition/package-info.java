@NullMarked
package dev.ratematch.harness.exposition;

import org.jspecify.annotations.NullMarked;
