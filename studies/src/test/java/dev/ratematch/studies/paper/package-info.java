@NullMarked
package dev.ratematch.studies.paper;

import org.jspecify.annotations.NullMarked;
