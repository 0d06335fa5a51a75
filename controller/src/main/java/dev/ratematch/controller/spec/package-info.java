/// What the operator asks for: the service, its pools, its promise and its budget. Pure.
@NullMarked
package dev.ratematch.controller.spec;

import org.jspecify.annotations.NullMarked;
