package dev.ratematch.controller.telemetry.scrape;

import dev.ratematch.controller.telemetry.dialect.Source;

/// One endpoint to scrape.
///
/// @param source what stands behind it
/// @param pod name, unique within the source
/// @param url absolute, such as `http://10.0.0.7:8000/metrics`
public record Target(Source source, String pod, String url) {}
