/// The cache of classes that the image starts from, and the run that it is learnt in.
@NullMarked
package dev.ratematch.k8s.aot;

import org.jspecify.annotations.NullMarked;
