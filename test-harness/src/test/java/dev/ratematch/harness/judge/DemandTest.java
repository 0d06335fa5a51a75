package dev.ratematch.harness.judge;

import static dev.ratematch.harness.judge.Trials.SECOND;
import static dev.ratematch.harness.judge.Trials.SLO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Flow.Kind;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Clients;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// In closed loop, worse service never makes the demand look smaller: what is read is what arrives,
/// or the fleet is held and it is said why.
class DemandTest {

    private static final Set<Reason> BEGINS =
            EnumSet.of(Reason.GROW, Reason.SHRINK, Reason.REBALANCE);

    private static final int GPUS = 16;
    private static final double CYCLE_SECONDS = 30;
    private static final double SECONDS = 1500;
    private static final double NEAR = 0.05;
    private static final Dialect BARE = Dialect.of(Dialect.Engine.VLLM);

    /// Those that give up after three times the promise.
    private static final Clients HASTY = new Clients(3 * SLO.ttftSeconds(), 1);

    /// One cycle: what came, what was taken for it, and what was decided.
    private record Look(double came, double read, Cycle cycle) {

        boolean near() {
            return Math.abs(read - came) <= NEAR * came;
        }

        boolean held() {
            return cycle.decision().reason() == Reason.TELEMETRY_INCONSISTENT;
        }

        /// Nothing was read, and nothing begun on it: an open move may come to its end.
        boolean unread() {
            return !cycle.snapshot().traffic().arrived().known()
                    && !BEGINS.contains(cycle.decision().reason());
        }

        boolean found(Kind kind) {
            return cycle.snapshot().traffic().flow().has(kind);
        }
    }

    private static Trace poisson(double perSecond, int isl, int osl, long seed) {
        var requests = new ArrayList<Request>();
        Trials.poisson(requests, new SplittableRandom(seed), 0, SECONDS, perSecond, isl, osl);
        return new Trace("steady", requests, Math.round(SECONDS * SECOND));
    }

    private static ExposedCluster cluster(
            Trace trace, Clients clients, Dialect dialect, Sizes start) {
        var tp2 = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2");
        var exposed = new ExposedCluster(PlantSettings.of(tp2, tp2, GPUS), trace, clients, dialect);
        exposed.cluster().scale(Role.PREFILL, start.prefill());
        exposed.cluster().scale(Role.DECODE, start.decode());
        return exposed;
    }

    /// The plant's host behind a store that has lost a pod, and a frontend that serves others too.
    ///
    /// @param beside whose requests pass the same frontend; null for nobody's
    /// @param lost name of the pod that the store has lost; empty for none
    /// @param counting whether replicas are counted by the cluster, not by what the store has
    private record Store(
            ExposedCluster exposed,
            InProcess whole,
            @Nullable ExposedCluster beside,
            String lost,
            boolean counting)
            implements Fleet, Fetcher {

        List<Target> targets() {
            return whole.targets().stream().filter(t -> !t.pod().equals(lost)).toList();
        }

        @Override
        public List<Answer> fetch(List<Target> targets) {
            var answers = new ArrayList<Answer>();
            for (var target : targets) {
                boolean both = beside != null && target.source() == Source.FRONTEND;
                answers.addAll(
                        both ? List.of(Answer.of(target, pages())) : whole.fetch(List.of(target)));
            }
            return answers;
        }

        private String pages() {
            String other =
                    beside == null
                            ? ""
                            : beside.scrapeFrontend()
                                    .replace("\"simulated\"", "\"other\"")
                                    .replaceAll("(?m)^#.*\n", "");
            return exposed.scrapeFrontend() + other;
        }

        @Override
        public FleetCounts counts(Role role) {
            if (counting) {
                return whole.counts(role);
            }
            var source = role == Role.PREFILL ? Source.PREFILL : Source.DECODE;
            return FleetCounts.steady(
                    (int) targets().stream().filter(t -> t.source() == source).count());
        }

        @Override
        public void scale(Role role, int replicas) {
            whole.scale(role, replicas);
        }
    }

    private static List<Look> run(ExposedCluster exposed, @Nullable ExposedCluster beside) {
        return run(exposed, beside, "", true);
    }

    private static List<Look> run(
            ExposedCluster exposed,
            @Nullable ExposedCluster beside,
            String lost,
            boolean counting) {
        var pool = PoolRequest.spread("tp2");
        Service service =
                ServiceFactory.create(
                        ServiceRequest.builder("llama-3.1-70b", "b200", SLO, GPUS)
                                .precision("nvfp4")
                                .pools(pool, pool)
                                .build());
        var store = new Store(exposed, new InProcess(exposed), beside, lost, counting);
        var telemetry =
                new EngineTelemetry(store, store::targets, store, SLO.percentile(), CYCLE_SECONDS);
        var loop =
                new ControlLoop(service.spec(), service.laws(), State.INITIAL, null, Journal.NONE);
        var looks = new ArrayList<Look>();
        int before = 0;
        for (double at = CYCLE_SECONDS; at <= SECONDS; at += CYCLE_SECONDS) {
            exposed.cluster().runUntil(Math.round(at * SECOND));
            if (beside != null) {
                beside.cluster().runUntil(Math.round(at * SECOND));
            }
            var cycle = loop.decide(telemetry.observe(at), Orders.CONTROL);
            var sizes = cycle.decision().counts().sizes();
            if (sizes != null && counting) {
                store.scale(Role.PREFILL, sizes.prefill());
                store.scale(Role.DECODE, sizes.decode());
            }
            int came = exposed.cluster().offered();
            looks.add(
                    new Look(
                            came - before, cycle.snapshot().traffic().arrived().orElse(-1), cycle));
            before = came;
        }
        return looks.subList(1, looks.size());
    }

    private static void nearOrHeld(List<Look> looks) {
        assertThat(looks)
                .allSatisfy(
                        look ->
                                assertThat(look.near() || look.held() || look.unread())
                                        .as(
                                                "read %.0f of %.0f, %s",
                                                look.read(),
                                                look.came(),
                                                look.cycle().explanation().text())
                                        .isTrue());
    }

    private static int total(Look look) {
        var sizes = look.cycle().decision().counts().sizes();
        return sizes == null ? 0 : sizes.prefill() + sizes.decode();
    }

    @Test
    void clientsThatGiveUpOnStarvedDecode() {
        for (var dialect : List.of(Dialect.DEFAULT, BARE)) {
            var exposed = cluster(poisson(20, 2000, 800, 5), HASTY, dialect, new Sizes(3, 1));

            var looks = run(exposed, null);

            nearOrHeld(looks);
            assertThat(exposed.cluster().log().dropped()).as("given up").isGreaterThan(100);
            assertThat(looks).anyMatch(look -> look.found(Kind.LOST_AFTER_PREFILL));
            var sizes = looks.getLast().cycle().decision().counts().sizes();
            assertThat(sizes == null ? 0 : sizes.decode()).isGreaterThan(1);
            assertThat(looks.subList(looks.size() - 10, looks.size()))
                    .noneMatch(look -> look.found(Kind.LOST_AFTER_PREFILL));
        }
    }

    @Test
    void clientsThatGiveUpOnStarvedPrefill() {
        var exposed = cluster(poisson(25, 6000, 100, 6), HASTY, Dialect.DEFAULT, new Sizes(1, 2));

        var looks = run(exposed, null);

        nearOrHeld(looks);
        assertThat(exposed.cluster().log().dropped()).as("given up").isGreaterThan(100);
        assertThat(looks).anyMatch(look -> look.found(Kind.LOST_BEFORE_PREFILL));
    }

    /// Nothing counts who gives up in prefill's queue, so the reading may be low until it is gone;
    /// it never leads to fewer replicas meanwhile, and is right in the end.
    @Test
    void withoutAFrontendNothingIsGivenBackOnALowReading() {
        var exposed = cluster(poisson(25, 6000, 100, 6), HASTY, BARE, new Sizes(1, 2));

        var looks = run(exposed, null);

        assertThat(looks).as("read low at first").anyMatch(look -> !look.near());
        for (int i = 1; i < looks.size(); i++) {
            assertThat(total(looks.get(i)) >= total(looks.get(i - 1)) || looks.get(i).near())
                    .as("cycle %d", i)
                    .isTrue();
        }
        nearOrHeld(looks.subList(looks.size() - 10, looks.size()));
    }

    @Test
    void fourSamplesARequest() {
        var exposed =
                cluster(
                        poisson(8, 2000, 300, 7),
                        new Clients(Double.POSITIVE_INFINITY, 4),
                        Dialect.DEFAULT,
                        new Sizes(2, 2));

        var looks = run(exposed, null);

        nearOrHeld(looks);
        var later = looks.subList(5, looks.size());
        assertThat(later).allMatch(look -> look.found(Kind.PARALLEL_SAMPLES));
        assertThat(later)
                .allSatisfy(
                        look ->
                                assertThat(
                                                look.cycle()
                                                        .snapshot()
                                                        .traffic()
                                                        .flow()
                                                        .sequencesPerRequest())
                                        .isBetween(3.6, 4.4));
    }

    @Test
    void fourSamplesWithoutAFrontendAreHeld() {
        var exposed =
                cluster(
                        poisson(8, 2000, 300, 7),
                        new Clients(Double.POSITIVE_INFINITY, 4),
                        BARE,
                        new Sizes(2, 2));

        var looks = run(exposed, null);

        nearOrHeld(looks);
        assertThat(looks.getLast().held()).isTrue();
    }

    @Test
    void anotherModelBehindTheFrontend() {
        var start = new Sizes(2, 2);
        var beside = cluster(poisson(30, 300, 100, 9), Clients.PATIENT, Dialect.DEFAULT, start);
        var exposed = cluster(poisson(12, 3000, 400, 8), HASTY, Dialect.DEFAULT, start);

        var looks = run(exposed, beside);

        nearOrHeld(looks);
        assertThat(looks).allMatch(look -> look.found(Kind.OTHER_MODELS));
        assertThat(looks).noneMatch(Look::held);
    }

    @Test
    void aPodThatTheStoreHasLost() {
        for (String lost : List.of("prefill-0", "decode-2")) {
            for (var dialect : List.of(Dialect.DEFAULT, BARE)) {
                var trace = poisson(12, 3000, 400, 8);
                var counted =
                        run(cluster(trace, HASTY, dialect, new Sizes(2, 2)), null, lost, true);

                nearOrHeld(counted);
                assertThat(counted).as(lost).anyMatch(look -> look.found(Kind.POD_MISSING));
            }
            var uncounted =
                    run(
                            cluster(
                                    poisson(12, 3000, 400, 8),
                                    HASTY,
                                    Dialect.DEFAULT,
                                    new Sizes(2, 2)),
                            null,
                            lost,
                            false);

            nearOrHeld(uncounted);
            assertThat(uncounted.getLast().held()).as(lost).isTrue();
        }
    }
}
