/// The console as it is served: who may ask, what they may ask for, and streams of what is new.
@NullMarked
package dev.ratematch.dashboards.console;

import org.jspecify.annotations.NullMarked;
