package dev.ratematch.experiments.plant;

import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.judge.Circumstances;
import dev.ratematch.harness.judge.Disruption;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.PlantWork;
import dev.ratematch.harness.judge.Ratematch;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.plant.Clients;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.PoolShape;
import dev.ratematch.harness.plant.Speculation;
import dev.ratematch.harness.traffic.Phases;
import dev.ratematch.harness.traffic.Phases.Phase;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The simulated cluster of a study, and the service as our controller is told of it.
///
/// @param model of the engines
/// @param gpu their accelerator
/// @param precision of their weights
/// @param prefill width of a prefill engine, such as `tp2`
/// @param decode width of a decode engine
/// @param gpus budget of both pools
/// @param linkGbPerSecond KV bandwidth of one GPU's NIC, GB/s one way
/// @param mode how KV leaves prefill
/// @param router how requests are spread
/// @param leadSeconds from placement to serving, the image being there
/// @param speculation of the decode engines
/// @param seed of everything random
public record Testbed(
        String model,
        String gpu,
        String precision,
        String prefill,
        String decode,
        int gpus,
        double linkGbPerSecond,
        KvLink.Mode mode,
        PlantSettings.Router router,
        double leadSeconds,
        Speculation speculation,
        long seed) {

    /// Scrape and control interval of every policy, seconds.
    public static final double CYCLE_SECONDS = 15;

    private static final int FITS = 3;

    /// A cluster like the judge's: 50 GB/s a GPU, KV pulled, a minute to start an engine.
    public static Testbed of(String model, String gpu, String precision, int gpus, long seed) {
        boolean wide = model.equals("deepseek-r1");
        return new Testbed(
                model,
                gpu,
                precision,
                wide ? "dep4" : "tp2",
                wide ? "dep16" : "tp2",
                gpus,
                50,
                KvLink.Mode.PULL,
                PlantSettings.Router.LEAST_LOADED,
                60,
                Speculation.NONE,
                seed);
    }

    /// The same with another link.
    public Testbed linked(double gbPerSecond, KvLink.Mode other) {
        return new Testbed(
                model,
                gpu,
                precision,
                prefill,
                decode,
                gpus,
                gbPerSecond,
                other,
                router,
                leadSeconds,
                speculation,
                seed);
    }

    /// The same with another router.
    public Testbed routed(PlantSettings.Router other) {
        return new Testbed(
                model,
                gpu,
                precision,
                prefill,
                decode,
                gpus,
                linkGbPerSecond,
                mode,
                other,
                leadSeconds,
                speculation,
                seed);
    }

    /// The same with other GPUs and another lead time.
    public Testbed sized(int otherGpus, double otherLeadSeconds) {
        return new Testbed(
                model,
                gpu,
                precision,
                prefill,
                decode,
                otherGpus,
                linkGbPerSecond,
                mode,
                router,
                otherLeadSeconds,
                speculation,
                seed);
    }

    /// The same whose decode engines speculate.
    public Testbed speculating(Speculation other) {
        return new Testbed(
                model,
                gpu,
                precision,
                prefill,
                decode,
                gpus,
                linkGbPerSecond,
                mode,
                router,
                leadSeconds,
                other,
                seed);
    }

    /// The cluster.
    ///
    /// @throws IllegalArgumentException where no such engine was measured, naming those that were
    public PlantSettings plant() {
        var usual =
                PlantSettings.of(
                        MeasuredShapes.named(model, gpu, precision, prefill),
                        MeasuredShapes.named(model, gpu, precision, decode),
                        gpus);
        return usual.linked(
                        new KvLink(linkGbPerSecond * 1e9, mode, usual.link().latencySeconds()),
                        router)
                .withStartUp(leadSeconds)
                .withSeed(seed);
    }

    /// The service as its operator describes it.
    public Service service(Slo slo, Tuning law) {
        return ServiceFactory.create(
                ServiceRequest.builder(model, gpu, slo, gpus)
                        .precision(precision)
                        .engine(MeasuredShapes.ENGINE)
                        .link(linkGbPerSecond, mode)
                        .pools(pool(prefill, plant().prefill()), pool(decode, plant().decode()))
                        .build(),
                law);
    }

    /// What the cluster's engines are limited to, a rank each.
    private PoolRequest pool(String parallel, PoolShape shape) {
        int ranks = Parallelism.parse(parallel).attentionData();
        return PoolRequest.builder()
                .parallel(parallel)
                .leadTimeSeconds(leadSeconds)
                .maxBatchedTokens(shape.maxBatchedTokens() / ranks)
                .maxSequences(shape.maxSequences() / ranks)
                .build();
    }

    /// What every policy plays alike.
    public Episode episode(Trace trace, Slo slo, List<Disruption> changes) {
        var all = new ArrayList<>(changes);
        if (speculation.draftTokens() > 0) {
            all.add(new Disruption.SpeculationOn(0, speculation));
        }
        var conditions = new Circumstances(Clients.PATIENT, all);
        return new Episode(plant(), trace, slo, CYCLE_SECONDS, conditions);
    }

    /// Our controller.
    public Ratematch controller(Slo slo, Tuning law) {
        var service = service(slo, law);
        return new Ratematch(service.spec(), service.laws(), CYCLE_SECONDS, Journal.NONE);
    }

    /// Our controller on an episode, beginning at a pair.
    public Outcome controlled(Episode episode, Episode.Pair start) {
        return episode.run(controller(episode.slo(), Tuning.DEFAULT), start, _ -> {});
    }

    /// The best split that never moves.
    public static Outcome still(Episode episode) {
        return new StaticSearch(episode).best(null);
    }

    /// Phases whose rates are brought, by one factor, to where the heaviest five minutes need that
    /// share of the budget, what prompts share being cached.
    public Trace loaded(List<Phase> phases, Slo slo, double load) {
        double factor = 1;
        for (int i = 0; i < FITS; i++) {
            double peak =
                    Collections.max(
                            RateScale.peaks(
                                    grown(phases, factor),
                                    (requests, seconds) ->
                                            work(requests, slo, true).gpus() / seconds));
            factor *= load * gpus / peak;
        }
        return grown(phases, factor);
    }

    private Trace grown(List<Phase> phases, double factor) {
        return Phases.generate("phases", phases, Collections.nCopies(phases.size(), factor), seed);
    }

    /// A trace brought to where its heaviest five minutes need most of the budget.
    public Trace scaled(Trace trace, Slo slo) {
        return RateScale.auto(
                        trace,
                        gpus,
                        (requests, seconds) -> work(requests, slo, false).gpus() / seconds,
                        seed)
                .trace();
    }

    /// GPU-seconds of either role.
    private record Work(double prefill, double decode) {
        double gpus() {
            return prefill + decode;
        }
    }

    /// What requests need at the least by the cluster's own step times.
    ///
    /// @param hits whether every block that a prompt names is cached, as of made-up families it is
    private Work work(List<Request> requests, Slo slo, boolean hits) {
        var work = new PlantWork(plant().withDecodeSteps(speculation), slo);
        double resident = PlantWork.residentTokens(requests);
        double prefillSeconds = 0;
        double decodeSeconds = 0;
        for (var r : requests) {
            int shared = hits ? r.prefix().ids().length * r.prefix().blockTokens() : 0;
            int cached = Math.min(shared, r.inputTokens() - 1);
            prefillSeconds += work.prefillGpuSeconds(r.inputTokens(), cached);
            decodeSeconds += work.decodeGpuSeconds(r.inputTokens(), r.outputTokens(), resident);
        }
        return new Work(prefillSeconds, decodeSeconds);
    }

    /// Prefill GPUs per decode GPU at which both pools of the cluster would be equally busy.
    ///
    /// @param hits whether every block that a prompt names is cached
    public double ratio(Trace trace, Slo slo, boolean hits) {
        var work = work(trace.requests(), slo, hits);
        return work.prefill() / work.decode();
    }

    /// Engines and cluster, in words.
    public String says() {
        return "Simulated cluster: %s on %s in %s, prefill %s and decode %s, %d GPUs, KV %s at %s GB/s a GPU, %.0f s to start an engine, seed %d."
                .formatted(
                        model,
                        gpu,
                        precision,
                        prefill,
                        decode,
                        gpus,
                        switch (mode) {
                            case PULL -> "pulled";
                            case PUSH -> "pushed";
                            case LAYERWISE -> "sent layer by layer";
                        },
                        plain(linkGbPerSecond),
                        leadSeconds,
                        seed);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
