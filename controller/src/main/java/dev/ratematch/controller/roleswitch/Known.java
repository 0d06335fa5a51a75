package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import org.jspecify.annotations.Nullable;

/// What the last look left of one instance, so that the next sees what others changed.
///
/// @param pool the role of the last pool that it was in; null when it was seen in none
/// @param role as its engine said last; null when it never did
/// @param outSinceSeconds since when it could serve and is in neither pool with no switch open;
///   null when that is not so
public record Known(
        String instance,
        String incarnation,
        Home home,
        @Nullable Role pool,
        @Nullable Role role,
        @Nullable Long epoch,
        @Nullable Double outSinceSeconds) {}
