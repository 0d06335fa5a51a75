package dev.ratematch.k8s.api;

/// CEL expressions that several fields share.
final class Rules {

    static final String POSITIVE_DURATION =
            "self.matches('^[0-9]+([.][0-9]+)?(ms|s|m|h)$') && duration(self) > duration('0s')";

    static final String SECOND_OR_MORE =
            "self.matches('^[0-9]+([.][0-9]+)?(ms|s|m|h)$') && duration(self) >= duration('1s')";

    /// As `Parallelism` reads it.
    static final String PARALLELISM =
            "self.matches('^(([dt]ep[0-9]{1,4}|(tp[0-9]{1,4})?(dp[0-9]{1,4})?(ep[0-9]{1,4})?)"
                    + "(pp[0-9]{1,3}|cpp[0-9]{1,3}(c[0-9]{1,7})?)?)$')";

    private Rules() {}
}
