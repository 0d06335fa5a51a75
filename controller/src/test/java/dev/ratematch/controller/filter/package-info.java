/// Tests of the filter package.
@NullMarked
package dev.ratematch.controller.filter;

import org.jspecify.annotations.NullMarked;
