package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.cluster.PlantSettings;
import java.util.ArrayDeque;
import java.util.Map;

/// Two Kubernetes autoscalers, one per pool, that know nothing of each other: requests in hand per
/// replica against a target, with HPA's default behaviour (tolerance 10 %, doubling or four pods
/// per 15 s up, 300 s stabilisation down).
final class TwoHpa implements Policy {

    private final Loop prefill;
    private final Loop decode;

    /// @param prefillTarget requests in hand per prefill replica
    /// @param decodeTarget sequences in hand per decode replica
    /// @param extra replicas that each pool may have beyond the start; with none the maxima fill
    ///   the cluster exactly and no pod is ever stuck
    TwoHpa(
            PlantSettings plant,
            Episode.Pair start,
            double prefillTarget,
            double decodeTarget,
            int extra) {
        int gp = plant.prefill().gpus();
        int gd = plant.decode().gpus();
        int mostP = Math.min(start.prefill() + extra, (plant.gpus() - gd) / gp);
        int mostD = Math.min(start.decode() + extra, (plant.gpus() - gp) / gd);
        this.prefill = new Loop(start.prefill(), prefillTarget, mostP);
        this.decode = new Loop(start.decode(), decodeTarget, mostD);
    }

    private static final class Loop {
        private static final double TOLERANCE = 0.1;
        private static final double STABILISATION_SECONDS = 300;

        private final double target;
        private final int max;
        private final ArrayDeque<double[]> advised = new ArrayDeque<>();
        private int count;

        Loop(int start, double target, int max) {
            this.count = start;
            this.target = target;
            this.max = max;
        }

        int decide(double at, int ready, double inHand) {
            double perReplica = inHand / Math.max(1, ready);
            double ratio = perReplica / target;
            int wanted = count;
            if (Math.abs(ratio - 1) > TOLERANCE) {
                wanted = (int) Math.ceil(Math.max(1, ready) * ratio);
            }
            wanted = Math.clamp(wanted, 1, Math.min(max, Math.max(2 * count, count + 4)));
            advised.addLast(new double[] {at, wanted});
            while (advised.getFirst()[0] < at - STABILISATION_SECONDS) {
                advised.removeFirst();
            }
            if (wanted < count) {
                int highest = wanted;
                for (var advice : advised) {
                    highest = Math.max(highest, (int) advice[1]);
                }
                wanted = Math.min(count, highest);
            }
            count = wanted;
            return count;
        }
    }

    @Override
    public String name() {
        return "two-hpa";
    }

    @Override
    public Command decide(View view) {
        var p = view.window().prefill();
        var d = view.window().decode();
        int prefillReady = view.cluster().fleet(Role.PREFILL).ready();
        int decodeReady = view.cluster().fleet(Role.DECODE).ready();
        int wantedP = prefill.decide(view.atSeconds(), prefillReady, p.waiting() + p.running());
        int wantedD = decode.decide(view.atSeconds(), decodeReady, d.waiting() + d.running());
        return new Command(
                wantedP,
                wantedD,
                "%d in hand of prefill, %d of decode"
                        .formatted(p.waiting() + p.running(), d.waiting() + d.running()));
    }

    @Override
    public Map<String, Double> targets() {
        return Map.of(
                "prefill_requests_per_replica",
                prefill.target,
                "decode_sequences_per_replica",
                decode.target,
                "prefill_max",
                (double) prefill.max,
                "decode_max",
                (double) decode.max);
    }
}
