/// Books what each recommendation promised, what happened, and what following or ignoring it cost.
/// Pure: touches neither clock nor files.
@NullMarked
package dev.ratematch.controller.ledger;

import org.jspecify.annotations.NullMarked;
