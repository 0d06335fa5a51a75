@NullMarked
package dev.ratematch.controller.whatif;

import org.jspecify.annotations.NullMarked;
