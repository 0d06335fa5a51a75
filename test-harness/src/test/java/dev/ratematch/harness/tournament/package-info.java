@NullMarked
package dev.ratematch.harness.tournament;

import org.jspecify.annotations.NullMarked;
