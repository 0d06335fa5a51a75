/// Rules about the module as a whole.
@NullMarked
package dev.ratematch.k8s;

import org.jspecify.annotations.NullMarked;
