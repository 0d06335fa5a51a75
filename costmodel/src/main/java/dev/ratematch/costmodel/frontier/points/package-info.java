/// What one worker carries at a batch: prefill, decode, or both.
@NullMarked
package dev.ratematch.costmodel.frontier.points;

import org.jspecify.annotations.NullMarked;
