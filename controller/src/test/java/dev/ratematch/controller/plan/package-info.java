/// Tests of the plan package.
@NullMarked
package dev.ratematch.controller.plan;

import org.jspecify.annotations.NullMarked;
