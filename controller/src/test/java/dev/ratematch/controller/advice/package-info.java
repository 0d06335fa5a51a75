/// Tests of the advice package.
@NullMarked
package dev.ratematch.controller.advice;

import org.jspecify.annotations.NullMarked;
