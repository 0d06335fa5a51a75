/// How the engines of a planned fleet are started: command lines, environment and engine files, and
/// the flags that today's engines have.
@NullMarked
package dev.ratematch.sizing.launch;

import org.jspecify.annotations.NullMarked;
