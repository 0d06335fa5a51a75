/// What a fleet would have to be under another promise, budget or load. Asked by people; nothing is
/// commanded by it.
@NullMarked
package dev.ratematch.controller.whatif;

import org.jspecify.annotations.NullMarked;
