package dev.ratematch.k8s.api;

/// CEL expressions that several fields share.
final class Rules {

    static final String POSITIVE_DURATION =
            "self.matches('^[0-9]+([.][0-9]+)?(ms|s|m|h)$') && duration(self) > duration('0s')";

    private Rules() {}
}
