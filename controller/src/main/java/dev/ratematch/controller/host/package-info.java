/// The ports that a host fills, the sources that fill them, and the loop that runs one control
/// cycle through them.
@NullMarked
package dev.ratematch.controller.host;

import org.jspecify.annotations.NullMarked;
