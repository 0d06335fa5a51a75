package dev.ratematch.harness.foreign;

/// The whole budget, the share of prefill in proportion to its token load over what a replica can
/// do. It knows the true rates of replicas, looks at one window, and waits until a move is through.
final class TwentyLineRule implements Policy {

    private final Site site;

    TwentyLineRule(Site site) {
        this.site = site;
    }

    @Override
    public Counts window(Seen seen) {
        var now = new Counts(seen.prefill().desired(), seen.decode().desired());
        var input = seen.traffic().input();
        var output = seen.traffic().output();
        if (input == null || output == null || !seen.prefill().still() || !seen.decode().still()) {
            return now;
        }
        double prompt = 1 / site.engine().prefillRate(input);
        double answer = 1 / site.engine().decodeRate(input, output, Promise.ITL);
        int all = site.replicas();
        int p = (int) Math.round(all * prompt / (prompt + answer));
        p = Math.max(1, Math.min(all - 1, p));
        return new Counts(p, all - p);
    }
}
