/// Decides the cycles of a journal again and compares. Touches neither clock nor files.
@NullMarked
package dev.ratematch.controller.replay;

import org.jspecify.annotations.NullMarked;
