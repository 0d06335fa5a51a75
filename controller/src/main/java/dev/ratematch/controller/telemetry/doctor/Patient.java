package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;

/// One pod and what it answered.
///
/// @param source what the host says that it is
/// @param spoken what it was found to speak
/// @param ageSeconds of the answer
public record Patient(Source source, PodScrape answer, Detection spoken, double ageSeconds) {}
