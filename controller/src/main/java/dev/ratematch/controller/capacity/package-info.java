/// What a pool of a given size can carry under the promise. Pure.
@NullMarked
package dev.ratematch.controller.capacity;

import org.jspecify.annotations.NullMarked;
