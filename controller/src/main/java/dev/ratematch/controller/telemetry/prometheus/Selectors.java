package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.dialect.Source;

/// Which series are whose: label matchers as in PromQL, with or without braces, such as
/// `namespace="llm",pod=~"prefill-.*"`.
///
/// @param frontend empty where there is none
public record Selectors(String prefill, String decode, String frontend) {

    public Selectors {
        prefill = matchers("prefill", prefill);
        decode = matchers("decode", decode);
        frontend = frontend.isBlank() ? "" : matchers("frontend", frontend);
        if (prefill.equals(decode)) {
            throw new IllegalArgumentException(
                    "selector of decode (%s) must differ from that of prefill; roles cannot be"
                                    .formatted(decode)
                            + " told apart by metrics.");
        }
    }

    private static String matchers(String role, String text) {
        String bare = text.strip();
        if (bare.startsWith("{") && bare.endsWith("}")) {
            bare = bare.substring(1, bare.length() - 1).strip();
        }
        if (bare.endsWith(",")) {
            bare = bare.substring(0, bare.length() - 1);
        }
        if (!bare.contains("=") || !bare.contains("\"") || bare.contains("__name__")) {
            throw new IllegalArgumentException(
                    "selector of %s (%s) must be label matchers such as pod=~\"%s-.*\"."
                            .formatted(role, text, role));
        }
        return bare;
    }

    /// The matchers of one kind of pods; empty for none.
    public String of(Source source) {
        return switch (source) {
            case PREFILL -> prefill;
            case DECODE -> decode;
            case FRONTEND -> frontend;
        };
    }
}
