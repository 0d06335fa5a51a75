package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.RotatingFile.Limits;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the cycles of all RateMatchers are written.
///
/// @param folder of a file for each, `NAMESPACE_NAME.jsonl`; null for standard output, where each
///   line says whose it is
/// @param limits of a file
public record JournalSettings(@Nullable Path folder, Limits limits) {}
