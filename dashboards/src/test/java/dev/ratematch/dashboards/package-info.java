@NullMarked
package dev.ratematch.dashboards;

import org.jspecify.annotations.NullMarked;
