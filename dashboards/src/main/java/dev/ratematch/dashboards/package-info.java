/// What people look at: the console, and as resources Grafana dashboards and Prometheus rules.
@NullMarked
package dev.ratematch.dashboards;

import org.jspecify.annotations.NullMarked;
