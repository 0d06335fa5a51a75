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
            prefillRates[p] = capacity.prefillRequestsPerSecond(p);
        }
        for (int d = decode.minReplicas(); d <= mostD; d++) {
            decodeRates[d] = capacity.decodeRequestsPerSecond(d);
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
                limit(best, spec),
                capacity.unreachable(),
                candidates);
    }

    private static Limit limit(Candidate best, ServiceSpec spec) {
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
        return best.prefillRate <= best.decodeRate ? Limit.PREFILL : Limit.DECODE;
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
