/// Engines that change their role, as their protocols show them: what answers in place of a real
/// one, down to status codes and traps. Knows neither who asks nor what engine stands behind it.
@NullMarked
package dev.ratematch.harness.roleswitch;

import org.jspecify.annotations.NullMarked;
