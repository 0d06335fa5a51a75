/// Cycles as small records that become JSON. Pure, and nothing is worked out here: what a cycle,
/// its assessment or the ledger does not hold is not shown.
@NullMarked
package dev.ratematch.dashboards.view;

import org.jspecify.annotations.NullMarked;
