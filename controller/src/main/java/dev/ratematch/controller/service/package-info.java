/// From names to a service: spec and step times by the cost model, defaults filled in. Pure.
@NullMarked
package dev.ratematch.controller.service;

import org.jspecify.annotations.NullMarked;
