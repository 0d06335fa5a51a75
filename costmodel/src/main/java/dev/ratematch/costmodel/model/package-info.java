/// Structure of the models that are served, and what follows from it.
@NullMarked
package dev.ratematch.costmodel.model;

import org.jspecify.annotations.NullMarked;
