/// The controller as a filter over JSON lines: protocol in, protocol out. Pure.
@NullMarked
package dev.ratematch.controller.filter;

import org.jspecify.annotations.NullMarked;
