/// A rebalance as a transaction: staged counts, deadline, compensation. Pure.
@NullMarked
package dev.ratematch.controller.move;

import org.jspecify.annotations.NullMarked;
