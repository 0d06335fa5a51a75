package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.host.Telemetry;
import dev.ratematch.controller.host.VllmTelemetry;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.controller.telemetry.scrape.Target.Source;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.ScrapeSpec;
import dev.ratematch.k8s.fleet.KubernetesFleet;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.fleet.Selectors;
import dev.ratematch.k8s.telemetry.PodTargets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which telemetry a RateMatcher gets.
final class Sources {

    private Sources() {}

    /// For the status.
    static String title(RateMatcherSpec spec) {
        return spec.telemetry() != null && spec.telemetry().prometheus() != null
                ? "prometheus"
                : "scraping pods";
    }

    static Source source(Role role) {
        return role == Role.PREFILL ? Source.PREFILL : Source.DECODE;
    }

    static Telemetry telemetry(
            World world,
            RateMatcher matcher,
            RateMatcherSpec spec,
            KubernetesFleet fleet,
            double percentile,
            double windowSeconds) {
        var telemetry = spec.telemetry();
        var scrape = telemetry == null ? null : telemetry.scrape();
        String namespace = matcher.getMetadata().getNamespace();
        return new VllmTelemetry(
                world.fetcher(),
                () -> targets(world, namespace, fleet, scrape),
                (Fleet) fleet,
                percentile,
                windowSeconds);
    }

    private static List<Target> targets(
            World world, String namespace, KubernetesFleet fleet, @Nullable ScrapeSpec scrape) {
        var all = new ArrayList<Target>();
        for (var role : Role.values()) {
            all.addAll(PodTargets.of(source(role), fleet.pool(role).replicas(), scrape));
        }
        if (scrape != null && scrape.frontendSelector() != null) {
            var pods = world.pods(namespace, Selectors.parse(scrape.frontendSelector()));
            all.addAll(PodTargets.of(Source.FRONTEND, Replica.of(pods), scrape));
        }
        return all;
    }
}
