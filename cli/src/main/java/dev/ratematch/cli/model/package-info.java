/// Calibrating, asking and checking the cost model from files.
@NullMarked
package dev.ratematch.cli.model;

import org.jspecify.annotations.NullMarked;
