/// What was seen in one control cycle, typed so that unknown is never a number. Pure.
@NullMarked
package dev.ratematch.controller.observe;

import org.jspecify.annotations.NullMarked;
