/// Every policy on every scenario and seed: runs what no earlier run has left, and reports.
@NullMarked
package dev.ratematch.harness.tournament;

import org.jspecify.annotations.NullMarked;
