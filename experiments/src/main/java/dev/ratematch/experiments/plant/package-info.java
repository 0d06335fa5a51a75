/// The simulated cluster of a study, and the service that our controller is told of.
@NullMarked
package dev.ratematch.experiments.plant;

import org.jspecify.annotations.NullMarked;
