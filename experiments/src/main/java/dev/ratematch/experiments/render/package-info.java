/// Findings for people and programs: terminal, JSON, one self-contained page, Markdown with
/// pictures.
@NullMarked
package dev.ratematch.experiments.render;

import org.jspecify.annotations.NullMarked;
