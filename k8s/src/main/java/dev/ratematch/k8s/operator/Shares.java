package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.GpuPoolStatus;
import dev.ratematch.k8s.api.RateMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who may hold how many GPUs of a pool: each RateMatcher its own share, the oldest first, and
/// whoever comes when nothing fits any more is refused. Pure.
final class Shares {

    private Shares() {}

    /// The shares of a pool of `gpus`.
    static List<GpuPoolStatus.Share> of(String pool, int gpus, List<RateMatcher> all) {
        var mine = new ArrayList<RateMatcher>();
        for (var matcher : all) {
            if (pool.equals(pool(matcher))) {
                mine.add(matcher);
            }
        }
        mine.sort(Seniority.ORDER);
        var shares = new ArrayList<GpuPoolStatus.Share>();
        int left = gpus;
        for (var matcher : mine) {
            int asked = gpus(matcher);
            boolean fits = asked <= left;
            left -= fits ? asked : 0;
            shares.add(
                    new GpuPoolStatus.Share(
                            matcher.getMetadata().getNamespace(),
                            matcher.getMetadata().getName(),
                            asked,
                            fits));
        }
        return shares;
    }

    /// Why a RateMatcher has no share; null when it has one.
    static @Nullable Refusal refusal(
            String pool, int gpus, List<RateMatcher> all, RateMatcher matcher) {
        var shares = of(pool, gpus, all);
        int before = 0;
        for (var share : shares) {
            boolean self =
                    share.name().equals(matcher.getMetadata().getName())
                            && share.namespace().equals(matcher.getMetadata().getNamespace());
            if (self && share.granted()) {
                return null;
            }
            if (self) {
                return new Refusal(
                        "BudgetNotGranted",
                        "budget.gpus (%d) must fit into GpuPool %s: %d of its %d GPUs are granted"
                                        .formatted(share.gpus(), pool, before, gpus)
                                + " to older RateMatchers, %d are left.".formatted(gpus - before));
            }
            before += share.granted() ? share.gpus() : 0;
        }
        return null;
    }

    private static @Nullable String pool(RateMatcher matcher) {
        var spec = matcher.getSpec();
        var budget = spec == null ? null : spec.budget();
        return budget == null ? null : budget.poolRef();
    }

    private static int gpus(RateMatcher matcher) {
        var spec = matcher.getSpec();
        var budget = spec == null ? null : spec.budget();
        Integer gpus = budget == null ? null : budget.gpus();
        return gpus == null ? 0 : gpus;
    }
}
