package dev.ratematch.controller.plan;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Plan.Limit;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.function.IntPredicate;

/// The exact integer optimum over every pair of pool sizes within the budget.
///
/// Lexicographic: most served demand, then fewest GPUs. Each pool's rate grows with its size, so
/// the best share is where the rate of prefill, growing with its GPUs, meets that of decode,
/// shrinking with what is left; and the fewest GPUs that serve it are the fewest of each pool on
/// its own. Both are found by halving. `PlannerTest` compares with every pair.
public final class Planner {

    /// Differences in served rate below this share are noise of the bisection, not of the plan.
    private static final double SAME_RATE = 1e-6;

    private Planner() {}

    /// Solves for one demand.
    public static Plan solve(ServiceSpec spec, Capacity capacity, Demand demand) {
        var shares = new Shares(spec, capacity, demand);
        int least = spec.prefill().minReplicas();
        int most = spec.mostReplicas(Role.PREFILL);
        if (most < least) {
            throw new IllegalStateException("No pair fits; the spec should have refused this.");
        }
        int meeting =
                smallest(
                        least,
                        most,
                        p ->
                                shares.prefill(p)
                                        >= Math.min(1, shares.decode(shares.decodeBeside(p))));
        double served = shares.served(meeting);
        if (meeting > least) {
            served = Math.max(served, shares.served(meeting - 1));
        }
        double enough = served * (1 - SAME_RATE);
        int p = smallest(least, most, n -> shares.prefill(n) >= enough);
        int d =
                smallest(
                        spec.decode().minReplicas(),
                        shares.decodeBeside(p),
                        n -> shares.decode(n) >= enough);
        return describe(spec, capacity, new Sizes(p, d), demand);
    }

    /// The smallest number that something holds for which, once it holds, goes on holding; the
    /// largest where it holds for none.
    private static int smallest(int from, int to, IntPredicate holds) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (holds.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// The share of a demand that each pool serves by its size, with its own end of the transfer.
    private record Shares(ServiceSpec spec, Capacity capacity, Demand demand) {

        double prefill(int replicas) {
            double asked = demand.prefillRequestsPerSecond();
            double carried =
                    Math.min(
                            capacity.prefillSizingRequestsPerSecond(replicas),
                            capacity.egressRequestsPerSecond(replicas));
            return asked > 0 ? carried / asked : 1;
        }

        double decode(int replicas) {
            double served = 1;
            if (demand.prefillRequestsPerSecond() > 0) {
                served =
                        capacity.ingressRequestsPerSecond(replicas)
                                / demand.prefillRequestsPerSecond();
            }
            if (demand.decodeRequestsPerSecond() > 0) {
                double own =
                        capacity.decodeSizingRequestsPerSecond(replicas)
                                / demand.decodeRequestsPerSecond();
                served = Math.min(served, own);
            }
            return served;
        }

        int decodeBeside(int prefill) {
            return Math.min(spec.decode().maxReplicas(), spec.decodeBeside(prefill));
        }

        double served(int prefill) {
            return Math.min(1, Math.min(prefill(prefill), decode(decodeBeside(prefill))));
        }
    }

    /// A given pair as a plan for a demand: what it carries of it and what binds it.
    public static Plan describe(ServiceSpec spec, Capacity capacity, Sizes best, Demand demand) {
        return new Plan(
                best.prefill(),
                best.decode(),
                spec.gpus(best.prefill(), best.decode()),
                demand.requestsPerSecond(),
                carries(capacity, best),
                servedShare(capacity, demand, best),
                capacity.prefillSizingRequestsPerSecond(best.prefill()),
                capacity.decodeSizingRequestsPerSecond(best.decode()),
                continuous(spec, capacity, best),
                limit(spec, capacity, best, demand),
                capacity.unreachable(),
                spec.pairs());
    }

    private static Limit limit(ServiceSpec spec, Capacity capacity, Sizes best, Demand demand) {
        if (servedShare(capacity, demand, best) >= 1) {
            return Limit.NONE;
        }
        double prefill = capacity.prefillSizingRequestsPerSecond(best.prefill());
        double decode = capacity.decodeSizingRequestsPerSecond(best.decode());
        double transfer = capacity.transferRequestsPerSecond(best.prefill(), best.decode());
        if (transfer <= prefill && transfer <= decode) {
            return Limit.TRANSFER;
        }
        int narrow = Math.min(spec.prefill().gpusPerReplica(), spec.decode().gpusPerReplica());
        if (spec.gpus(best.prefill(), best.decode()) + narrow > spec.budgetGpus()) {
            return Limit.BUDGET;
        }
        if (prefill <= decode) {
            return Limit.PREFILL;
        }
        return capacity.kvBinds() ? Limit.KV : Limit.DECODE;
    }

    /// Requests per second that a given pair carries: the least of prefill, transfer and decode.
    public static double carries(Capacity capacity, Sizes pair) {
        return Math.min(
                capacity.transferRequestsPerSecond(pair.prefill(), pair.decode()),
                Math.min(
                        capacity.prefillSizingRequestsPerSecond(pair.prefill()),
                        capacity.decodeSizingRequestsPerSecond(pair.decode())));
    }

    /// Requests per second that the GPUs of a given pair would carry if replicas could be split, by
    /// what a GPU of each pool carries in it; zero where one of them carries nothing.
    public static double continuous(ServiceSpec spec, Capacity capacity, Sizes pair) {
        int prefillGpus = pair.prefill() * spec.prefill().gpusPerReplica();
        int decodeGpus = pair.decode() * spec.decode().gpusPerReplica();
        double perPrefillGpu =
                capacity.prefillSizingRequestsPerSecond(pair.prefill()) / prefillGpus;
        double perDecodeGpu = capacity.decodeSizingRequestsPerSecond(pair.decode()) / decodeGpus;
        return perPrefillGpu > 0 && perDecodeGpu > 0
                ? (prefillGpus + decodeGpus) / (1 / perPrefillGpu + 1 / perDecodeGpu)
                : 0;
    }

    /// The share of a demand, at most 1, that a given pair carries.
    public static double servedShare(Capacity capacity, Demand demand, Sizes pair) {
        return demand.servedBy(
                capacity.prefillSizingRequestsPerSecond(pair.prefill()),
                capacity.decodeSizingRequestsPerSecond(pair.decode()),
                capacity.transferRequestsPerSecond(pair.prefill(), pair.decode()));
    }

    /// What keeps a given pair from carrying more of a demand; none when it carries all.
    public static Limit limitingNow(Capacity capacity, Demand demand, Sizes pair) {
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
}
