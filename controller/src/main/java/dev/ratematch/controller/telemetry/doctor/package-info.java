/// Says what is wrong with what a fleet exposes, and what to change. Pure.
@NullMarked
package dev.ratematch.controller.telemetry.doctor;

import org.jspecify.annotations.NullMarked;
