/// From windows of observations to a workload estimate. Pure.
@NullMarked
package dev.ratematch.controller.estimate;

import org.jspecify.annotations.NullMarked;
