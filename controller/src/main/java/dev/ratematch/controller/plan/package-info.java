/// The integer solve: prefill and decode replicas, jointly. Pure.
@NullMarked
package dev.ratematch.controller.plan;

import org.jspecify.annotations.NullMarked;
