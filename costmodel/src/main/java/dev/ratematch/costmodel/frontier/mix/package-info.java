/// How many workers of each kind: the ratio of the pools and the exact integer mix on a GPU budget.
@NullMarked
package dev.ratematch.costmodel.frontier.mix;

import org.jspecify.annotations.NullMarked;
