/// What others may follow: the last good recommendation of every RateMatcher, and its metrics.
@NullMarked
package dev.ratematch.k8s.publish;

import org.jspecify.annotations.NullMarked;
