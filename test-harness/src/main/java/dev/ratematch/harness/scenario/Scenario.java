package dev.ratematch.harness.scenario;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.harness.judge.Circumstances;
import dev.ratematch.harness.judge.Disruption;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.PlantWork;
import dev.ratematch.harness.plant.Clients;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Trace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// One case that policies are judged by.
///
/// @param name short and unique
/// @param kind what is asked of a policy here
/// @param says what happens, as a sentence
/// @param traffic who sends what
/// @param scaling whether each piece is brought to the load, or all of them by one factor
/// @param load share of the budget that the heaviest five minutes need at the best real-valued
///   ratio
/// @param slo the promise
/// @param site the cluster
/// @param faults what goes wrong
public record Scenario(
        String name,
        Kind kind,
        String says,
        Traffic traffic,
        Scaling scaling,
        double load,
        Slo slo,
        Site site,
        List<Disruption> faults) {

    /// Scrape and control interval of every policy, seconds.
    public static final double CYCLE_SECONDS = 15;

    /// What is asked of a policy.
    public enum Kind {
        /// One split serves it: do not lose.
        CALM,
        /// No split serves it: win what moving can win.
        SHIFTING;

        /// As people read it.
        public String label() {
            return this == CALM ? "calm" : "shifting";
        }
    }

    /// How traffic is brought to the load.
    public enum Scaling {
        /// Each piece by as many clients as the load of the first one asks for, as `--rate-scale
        /// auto` does; together they peak a little lower.
        EACH_PIECE(1),
        /// All of it by one factor such that the clients together meet the load.
        WHOLE(3);

        private final int fits;

        Scaling(int fits) {
            this.fits = fits;
        }
    }

    public Scenario {
        faults = List.copyOf(faults);
    }

    /// The same at another load.
    public Scenario at(double otherLoad) {
        return new Scenario(name, kind, says, traffic, scaling, otherLoad, slo, site, faults);
    }

    /// The same where one split serves it after all.
    Scenario calm() {
        return new Scenario(name, Kind.CALM, says, traffic, scaling, load, slo, site, faults);
    }

    /// The same on another cluster.
    Scenario on(Site other) {
        return new Scenario(name, kind, says, traffic, scaling, load, slo, other, faults);
    }

    /// The same where something goes wrong.
    Scenario meeting(Disruption... all) {
        return new Scenario(name, kind, says, traffic, scaling, load, slo, site, List.of(all));
    }

    /// The same under another promise.
    Scenario promising(Slo other) {
        return new Scenario(name, kind, says, traffic, scaling, load, other, site, faults);
    }

    /// Whether its recorded trace is there.
    public boolean playable(Path traces) {
        return traffic.file().isEmpty() || Files.isRegularFile(traces.resolve(traffic.file()));
    }

    /// The traffic at its load.
    public Trace trace(PlantSettings plant, long seed, Path traces) {
        var need = new PlantWork(plant, slo);
        var factors = traffic.alike(1);
        for (int i = 0; i < scaling.fits; i++) {
            var trace = traffic.grown(factors, seed, traces);
            factors = fitted(factors, RateScale.peaks(trace, need::gpus), plant.gpus());
        }
        return traffic.grown(factors, seed, traces);
    }

    /// What every policy plays alike: the cluster, the traffic, the promise, what goes wrong.
    ///
    /// @param traces folder of recorded traces
    public Episode episode(long seed, Path traces) {
        var plant = site.plant(seed);
        return episode(plant, trace(plant, seed, traces));
    }

    /// The same with other traffic, such as a part of its own.
    public Episode episode(PlantSettings plant, Trace trace) {
        return new Episode(
                plant, trace, slo, CYCLE_SECONDS, new Circumstances(Clients.PATIENT, faults));
    }

    /// The service as its operator describes it, who knows the engines' width and the link, and
    /// believes in the usual lead time.
    ///
    /// @param gpus the budget, which a fault may have cut
    /// @param law options of our control law
    public Service service(int gpus, Tuning law) {
        var pool =
                PoolRequest.builder()
                        .parallel(site.parallel())
                        .leadTimeSeconds(Site.LEAD_SECONDS)
                        .build();
        var request =
                ServiceRequest.builder(Site.MODEL, Site.GPU, slo, gpus)
                        .precision(Site.PRECISION)
                        .engine(MeasuredShapes.ENGINE)
                        .link(site.linkGbPerSecond(), Site.LINK_MODE)
                        .pools(pool, pool)
                        .build();
        return ServiceFactory.create(request, law);
    }

    private List<Double> fitted(List<Double> factors, List<Double> peaks, int gpus) {
        double highest = Collections.max(peaks);
        var next = new ArrayList<Double>();
        for (int i = 0; i < factors.size(); i++) {
            double peak = scaling == Scaling.WHOLE ? highest : peaks.get(i);
            next.add(peak > 0 ? factors.get(i) * load * gpus / peak : factors.get(i));
        }
        return next;
    }
}
