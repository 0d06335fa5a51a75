/// Grafana dashboards and Prometheus rules. Resources only; this package holds no logic.
@NullMarked
package dev.ratematch.dashboards;

import org.jspecify.annotations.NullMarked;
