/// Tests of the core package.
@NullMarked
package dev.ratematch.controller.core;

import org.jspecify.annotations.NullMarked;
