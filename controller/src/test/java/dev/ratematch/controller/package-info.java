/// Rules about the module as a whole.
@NullMarked
package dev.ratematch.controller;

import org.jspecify.annotations.NullMarked;
