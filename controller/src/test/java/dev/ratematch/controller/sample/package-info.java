/// Specs, laws, snapshots and toy fleets for tests.
@NullMarked
package dev.ratematch.controller.sample;

import org.jspecify.annotations.NullMarked;
