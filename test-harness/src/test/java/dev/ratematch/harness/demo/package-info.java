/// Tests of the shipped demo's scene.
@NullMarked
package dev.ratematch.harness.demo;

import org.jspecify.annotations.NullMarked;
