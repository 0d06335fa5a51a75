/// A report as one page that stands alone: the console's own charts and look, with all that they
/// need in the page. Pure; who reports gives it figures.
@NullMarked
package dev.ratematch.dashboards.page;

import org.jspecify.annotations.NullMarked;
