@NullMarked
package dev.ratematch.dashboards.page;

import org.jspecify.annotations.NullMarked;
