/// The whole controller as one pure function. Pure.
@NullMarked
package dev.ratematch.controller.core;

import org.jspecify.annotations.NullMarked;
