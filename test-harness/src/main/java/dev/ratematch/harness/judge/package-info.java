/// The judge: policies side by side on one trace and one plant, with anchors that need no model.
@NullMarked
package dev.ratematch.harness.judge;

import org.jspecify.annotations.NullMarked;
