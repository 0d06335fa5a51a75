package dev.ratematch.controller.prospect;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.units.Check;
import java.util.function.IntToDoubleFunction;

/// Replicas of each role that some traffic keeps busy under the promise, as real numbers.
///
/// @param prefill prefill replicas
/// @param decode decode replicas
public record Need(double prefill, double decode) {

    public Need {
        Check.finiteAtLeast("prefill", prefill, 0);
        Check.finiteAtLeast("decode", decode, 0);
    }

    /// What a rate needs of pools that carry so much; beyond the budget in proportion.
    public static Need of(ServiceSpec spec, Capacity capacity, double requestsPerSecond) {
        return new Need(
                replicas(
                        spec.mostReplicas(Role.PREFILL),
                        n ->
                                Math.min(
                                        capacity.prefillSizingRequestsPerSecond(n),
                                        capacity.egressRequestsPerSecond(n)),
                        requestsPerSecond),
                replicas(
                        spec.mostReplicas(Role.DECODE),
                        n ->
                                Math.min(
                                        capacity.decodeSizingRequestsPerSecond(n),
                                        capacity.ingressRequestsPerSecond(n)),
                        requestsPerSecond));
    }

    /// Where a rate that grows with the number of replicas reaches what is asked.
    private static double replicas(int most, IntToDoubleFunction rate, double asked) {
        double all = rate.applyAsDouble(most);
        if (!(all > 0)) {
            return most;
        }
        if (asked >= all) {
            return most * asked / all;
        }
        int low = 0;
        int high = most;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (rate.applyAsDouble(middle) >= asked) {
                high = middle;
            } else {
                low = middle;
            }
        }
        double below = low == 0 ? 0 : rate.applyAsDouble(low);
        double above = rate.applyAsDouble(high);
        return above > below ? low + (asked - below) / (above - below) : high;
    }

    /// Share of it, at most 1, that a pair carries.
    public double served(Sizes pair) {
        return Math.min(1, Math.min(ratio(pair.prefill(), prefill), ratio(pair.decode(), decode)));
    }

    private static double ratio(double have, double need) {
        return need > 0 ? have / need : 1;
    }

    /// The same with each role's part multiplied.
    Need times(double ofPrefill, double ofDecode) {
        return new Need(prefill * ofPrefill, decode * ofDecode);
    }

    /// GPUs of that many replicas.
    double gpus(ServiceSpec spec) {
        return prefill * spec.prefill().gpusPerReplica() + decode * spec.decode().gpusPerReplica();
    }

    /// What so many GPUs do where prefill has a share of them.
    static Need split(ServiceSpec spec, double gpus, double prefillShare) {
        return new Need(
                part(spec.prefill(), gpus * prefillShare),
                part(spec.decode(), gpus * (1 - prefillShare)));
    }

    private static double part(PoolSpec pool, double gpus) {
        return gpus / pool.gpusPerReplica();
    }
}
