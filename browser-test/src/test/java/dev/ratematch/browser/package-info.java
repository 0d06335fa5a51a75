/// The console as people see it: the shipped command, and Chromium.
@NullMarked
package dev.ratematch.browser;

import org.jspecify.annotations.NullMarked;
