@NullMarked
package dev.ratematch.cli.paper;

import org.jspecify.annotations.NullMarked;
