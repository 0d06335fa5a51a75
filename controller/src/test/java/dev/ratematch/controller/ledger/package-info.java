/// Tests of this package.
@NullMarked
package dev.ratematch.controller.ledger;

import org.jspecify.annotations.NullMarked;
