/// What engines are asked and told about their role, over HTTP. One port, a protocol each.
@NullMarked
package dev.ratematch.controller.roleswitch.engine;

import org.jspecify.annotations.NullMarked;
