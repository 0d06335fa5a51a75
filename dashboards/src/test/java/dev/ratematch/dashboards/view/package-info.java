@NullMarked
package dev.ratematch.dashboards.view;

import org.jspecify.annotations.NullMarked;
