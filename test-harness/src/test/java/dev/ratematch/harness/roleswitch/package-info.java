/// The engines' role protocols, asked and answered over real HTTP.
@NullMarked
package dev.ratematch.harness.roleswitch;

import org.jspecify.annotations.NullMarked;
