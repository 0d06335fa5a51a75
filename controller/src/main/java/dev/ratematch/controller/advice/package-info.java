/// What is said about one cycle to those who carry it out themselves, as text and as JSON. Renders
/// what the core worked out, and works nothing out.
@NullMarked
package dev.ratematch.controller.advice;

import org.jspecify.annotations.NullMarked;
