@NullMarked
package dev.ratematch.dashboards.console;

import org.jspecify.annotations.NullMarked;
