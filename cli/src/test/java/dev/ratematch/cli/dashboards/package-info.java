/// Tests of the dashboards, rules and runbooks, which are data.
@NullMarked
package dev.ratematch.cli.dashboards;

import org.jspecify.annotations.NullMarked;
