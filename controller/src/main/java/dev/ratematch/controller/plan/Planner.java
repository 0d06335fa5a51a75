package dev.ratematch.controller.plan;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.plan.Plan.Limit;
import dev.ratematch.controller.spec.ServiceSpec;

/// The exact integer optimum over every pair of pool sizes within the budget.
///
/// Lexicographic: most served demand, then fewest GPUs, then the smallest move, then the most
/// balanced slack. Pools are small, so every pair is looked at.
public final class Planner {

    /// Differences in served rate below this share are noise of the bisection, not of the plan.
    private static final double SAME_RATE = 1e-6;

    private Planner() {}

    /// Where the fleet is commanded to be now.
    public record Pair(int prefill, int decode) {}

    /// Solves for one demand.
    public static Plan solve(ServiceSpec spec, Capacity capacity, Demand demand, Pair now) {
        var prefill = spec.prefill();
        var decode = spec.decode();
        int mostP =
                Math.min(
                        prefill.maxReplicas(),
                        (spec.budgetGpus() - decode.minReplicas() * decode.gpusPerReplica())
                                / prefill.gpusPerReplica());
        int mostD =
                Math.min(
                        decode.maxReplicas(),
                        (spec.budgetGpus() - prefill.minReplicas() * prefill.gpusPerReplica())
                                / decode.gpusPerReplica());
        var prefillRates = new double[mostP + 1];
        var decodeRates = new double[mostD + 1];
        for (int p = prefill.minReplicas(); p <= mostP; p++) {
            prefillRates[p] = capacity.prefillSizingRequestsPerSecond(p);
        }
        for (int d = decode.minReplicas(); d <= mostD; d++) {
            decodeRates[d] = capacity.decodeSizingRequestsPerSecond(d);
        }
        Candidate best = null;
        int candidates = 0;
        for (int p = prefill.minReplicas(); p <= mostP; p++) {
            for (int d = decode.minReplicas(); d <= mostD; d++) {
                if (spec.gpus(p, d) > spec.budgetGpus()) {
                    break;
                }
                candidates++;
                var candidate =
                        Candidate.of(
                                p, d, spec, capacity, prefillRates[p], decodeRates[d], demand, now);
                if (best == null || candidate.beats(best)) {
                    best = candidate;
                }
            }
        }
        if (best == null) {
            throw new IllegalStateException("No pair fits; the spec should have refused this.");
        }
        return plan(spec, capacity, best, demand, candidates);
    }

    private static Plan plan(
            ServiceSpec spec, Capacity capacity, Candidate best, Demand demand, int candidates) {
        double perPrefillGpu = best.prefillRate / (best.p * spec.prefill().gpusPerReplica());
        double perDecodeGpu = best.decodeRate / (best.d * spec.decode().gpusPerReplica());
        double continuous =
                perPrefillGpu > 0 && perDecodeGpu > 0
                        ? best.gpus / (1 / perPrefillGpu + 1 / perDecodeGpu)
                        : 0;
        return new Plan(
                best.p,
                best.d,
                best.gpus,
                demand.requestsPerSecond(),
                best.rate,
                best.served,
                best.prefillRate,
                best.decodeRate,
                continuous,
                limit(best, spec, capacity),
                capacity.unreachable(),
                candidates);
    }

    private static Limit limit(Candidate best, ServiceSpec spec, Capacity capacity) {
        int narrow = Math.min(spec.prefill().gpusPerReplica(), spec.decode().gpusPerReplica());
        if (best.served >= 1) {
            return Limit.NONE;
        }
        if (best.transferRate <= best.prefillRate && best.transferRate <= best.decodeRate) {
            return Limit.TRANSFER;
        }
        if (best.gpus + narrow > spec.budgetGpus()) {
            return Limit.BUDGET;
        }
        if (best.prefillRate <= best.decodeRate) {
            return Limit.PREFILL;
        }
        return capacity.kvBinds() ? Limit.KV : Limit.DECODE;
    }

    /// The share of a demand, at most 1, that a given pair carries.
    public static double servedShare(Capacity capacity, Demand demand, Pair pair) {
        return demand.servedBy(
                capacity.prefillSizingRequestsPerSecond(pair.prefill()),
                capacity.decodeSizingRequestsPerSecond(pair.decode()),
                capacity.transferRequestsPerSecond(pair.prefill(), pair.decode()));
    }

    /// What keeps a given pair from carrying more of a demand; none when it carries all.
    public static Limit limitingNow(Capacity capacity, Demand demand, Pair pair) {
        if (servedShare(capacity, demand, pair) >= 1) {
            return Limit.NONE;
        }
        double forPrefill = demand.prefillRequestsPerSecond();
        double forDecode = demand.decodeRequestsPerSecond();
        double prefill = capacity.prefillSizingRequestsPerSecond(pair.prefill()) / forPrefill;
        double decode = capacity.decodeSizingRequestsPerSecond(pair.decode()) / forDecode;
        double transfer =
                capacity.transferRequestsPerSecond(pair.prefill(), pair.decode()) / forPrefill;
        if (transfer < prefill && transfer < decode) {
            return Limit.TRANSFER;
        }
        if (prefill <= decode) {
            return Limit.PREFILL;
        }
        return capacity.kvBinds() ? Limit.KV : Limit.DECODE;
    }

    /// One pair with what it carries.
    private record Candidate(
            int p,
            int d,
            int gpus,
            double rate,
            double prefillRate,
            double decodeRate,
            double transferRate,
            double served,
            int moved,
            double imbalance) {

        static Candidate of(
                int p,
                int d,
                ServiceSpec spec,
                Capacity capacity,
                double prefillRate,
                double decodeRate,
                Demand demand,
                Pair now) {
            double transferRate = capacity.transferRequestsPerSecond(p, d);
            double rate = Math.min(transferRate, Math.min(prefillRate, decodeRate));
            double larger = Math.max(prefillRate, decodeRate);
            return new Candidate(
                    p,
                    d,
                    spec.gpus(p, d),
                    rate,
                    prefillRate,
                    decodeRate,
                    transferRate,
                    demand.servedBy(prefillRate, decodeRate, transferRate),
                    Math.abs(p - now.prefill()) + Math.abs(d - now.decode()),
                    larger > 0 ? 1 - Math.min(prefillRate, decodeRate) / larger : 0);
        }

        boolean beats(Candidate other) {
            double tolerance = SAME_RATE * Math.max(served, other.served);
            if (Math.abs(served - other.served) > tolerance) {
                return served > other.served;
            }
            if (gpus != other.gpus) {
                return gpus < other.gpus;
            }
            if (moved != other.moved) {
                return moved < other.moved;
            }
            return imbalance < other.imbalance;
        }
    }
}
