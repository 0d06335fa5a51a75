@NullMarked
package dev.ratematch.harness.http;

import org.jspecify.annotations.NullMarked;
