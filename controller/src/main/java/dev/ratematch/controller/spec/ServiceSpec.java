package dev.ratematch.controller.spec;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.transfer.KvTransfer;
import dev.ratematch.costmodel.units.Check;

/// One service to keep in balance.
///
/// @param slo the latency promise
/// @param budgetGpus GPUs that both pools together may hold at any moment
/// @param minBudgetGpus GPUs that the fleet is never shrunk below; 0 for none
/// @param kvBytesPerToken KV bytes of one token, stored once
/// @param layers layers of the model, of which layer-wise transfer hides all but the last
/// @param tuning how cautious to be
/// @param switching how replicas may change their role
public record ServiceSpec(
        Slo slo,
        int budgetGpus,
        int minBudgetGpus,
        PoolSpec prefill,
        PoolSpec decode,
        KvLink link,
        double kvBytesPerToken,
        int layers,
        Tuning tuning,
        Switching switching) {

    public ServiceSpec {
        Check.positive("kvBytesPerToken", kvBytesPerToken);
        Check.atLeast("layers", layers, 1);
        int smallest =
                prefill.minReplicas() * prefill.gpusPerReplica()
                        + decode.minReplicas() * decode.gpusPerReplica();
        if (smallest > budgetGpus) {
            throw new IllegalArgumentException(
                    ("budget_gpus (%d) must cover the smallest fleet: %d prefill and %d decode"
                                    + " replicas need %d GPUs, %d are missing.")
                            .formatted(
                                    budgetGpus,
                                    prefill.minReplicas(),
                                    decode.minReplicas(),
                                    smallest,
                                    smallest - budgetGpus));
        }
        if (switching.possible() && prefill.gpusPerReplica() != decode.gpusPerReplica()) {
            throw new IllegalArgumentException(
                    ("actuation (%s) needs replicas of one width, since they change their role with"
                                    + " the GPUs that they have; a prefill replica has %d GPUs, a"
                                    + " decode replica %d.")
                            .formatted(
                                    switching.actuation().label(),
                                    prefill.gpusPerReplica(),
                                    decode.gpusPerReplica()));
        }
        if (minBudgetGpus < 0 || minBudgetGpus > budgetGpus) {
            throw new IllegalArgumentException(
                    "min_budget_gpus (%d) must be between 0 and budget_gpus (%d)."
                            .formatted(minBudgetGpus, budgetGpus));
        }
    }

    /// A service whose replicas keep their role.
    public ServiceSpec(
            Slo slo,
            int budgetGpus,
            int minBudgetGpus,
            PoolSpec prefill,
            PoolSpec decode,
            KvLink link,
            double kvBytesPerToken,
            int layers,
            Tuning tuning) {
        this(
                slo,
                budgetGpus,
                minBudgetGpus,
                prefill,
                decode,
                link,
                kvBytesPerToken,
                layers,
                tuning,
                Switching.NONE);
    }

    /// A service whose fleet may be shrunk as far as its pools may.
    public ServiceSpec(
            Slo slo,
            int budgetGpus,
            PoolSpec prefill,
            PoolSpec decode,
            KvLink link,
            double kvBytesPerToken,
            int layers,
            Tuning tuning) {
        this(slo, budgetGpus, 0, prefill, decode, link, kvBytesPerToken, layers, tuning);
    }

    /// The same service under another promise.
    public ServiceSpec promising(Slo other) {
        return new ServiceSpec(
                other,
                budgetGpus,
                minBudgetGpus,
                prefill,
                decode,
                link,
                kvBytesPerToken,
                layers,
                tuning,
                switching);
    }

    /// The same service with fewer GPUs, or more.
    public ServiceSpec within(int gpus) {
        return new ServiceSpec(
                slo,
                gpus,
                Math.min(minBudgetGpus, gpus),
                prefill,
                decode,
                link,
                kvBytesPerToken,
                layers,
                tuning,
                switching);
    }

    /// The spec of one pool.
    public PoolSpec pool(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// GPUs that a pair of counts holds.
    public int gpus(int prefillReplicas, int decodeReplicas) {
        return prefillReplicas * prefill.gpusPerReplica()
                + decodeReplicas * decode.gpusPerReplica();
    }

    /// GPUs that a pair holds.
    public int gpus(Sizes pair) {
        return gpus(pair.prefill(), pair.decode());
    }

    /// Whether a pair is within the budget and both pools' bounds.
    public boolean allows(Sizes pair) {
        return gpus(pair) <= budgetGpus
                && prefill.allows(pair.prefill())
                && decode.allows(pair.decode());
    }

    /// The most prefill replicas that the budget leaves room for beside decode replicas.
    public int prefillBeside(int decodeReplicas) {
        return (budgetGpus - decodeReplicas * decode.gpusPerReplica()) / prefill.gpusPerReplica();
    }

    /// The most decode replicas that the budget leaves room for beside prefill replicas.
    public int decodeBeside(int prefillReplicas) {
        return (budgetGpus - prefillReplicas * prefill.gpusPerReplica()) / decode.gpusPerReplica();
    }

    /// The most replicas of a role that its bound and the budget allow beside the other's fewest.
    public int mostReplicas(Role role) {
        int beside =
                role == Role.PREFILL
                        ? prefillBeside(decode.minReplicas())
                        : decodeBeside(prefill.minReplicas());
        return Math.min(pool(role).maxReplicas(), beside);
    }

    /// Pairs of counts within the budget and both pools' bounds.
    public int pairs() {
        int pairs = 0;
        for (int p = prefill.minReplicas(); p <= mostReplicas(Role.PREFILL); p++) {
            pairs += Math.min(decode.maxReplicas(), decodeBeside(p)) - decode.minReplicas() + 1;
        }
        return pairs;
    }

    /// The same service where a decode replica holds another number of KV tokens.
    public ServiceSpec withDecodeKv(double tokens) {
        return new ServiceSpec(
                slo,
                budgetGpus,
                minBudgetGpus,
                prefill,
                decode.withKv(tokens),
                link,
                kvBytesPerToken,
                layers,
                tuning,
                switching);
    }

    /// The same service with another link.
    public ServiceSpec withLink(KvLink other) {
        return new ServiceSpec(
                slo,
                budgetGpus,
                minBudgetGpus,
                prefill,
                decode,
                other,
                kvBytesPerToken,
                layers,
                tuning,
                switching);
    }

    /// The same service with GPUs that the fleet is never shrunk below.
    public ServiceSpec withMinBudget(int gpus) {
        return new ServiceSpec(
                slo,
                budgetGpus,
                gpus,
                prefill,
                decode,
                link,
                kvBytesPerToken,
                layers,
                tuning,
                switching);
    }

    /// The same service whose replicas change their role in another way.
    ///
    /// @throws IllegalArgumentException where replicas of both roles are not equally wide
    public ServiceSpec withSwitching(Switching other) {
        return new ServiceSpec(
                slo,
                budgetGpus,
                minBudgetGpus,
                prefill,
                decode,
                link,
                kvBytesPerToken,
                layers,
                tuning,
                other);
    }

    /// How long fewer replicas of a role must have sufficed before GPUs are given back, seconds.
    public double scaleDownWindowSeconds(Role role) {
        var own = tuning.behavior().of(role).scaleDown().stabilizationWindowSeconds();
        return own == null ? tuning.scaleDownWindowSeconds() : own;
    }

    /// The longest window of the roles that give replicas back on the way from one pair to another,
    /// seconds; 0 where neither does.
    public double scaleDownWindowSeconds(Sizes from, Sizes to) {
        double longest = 0;
        for (var role : Role.values()) {
            if (to.of(role) < from.of(role)) {
                longest = Math.max(longest, scaleDownWindowSeconds(role));
            }
        }
        return longest;
    }

    /// The longer of both roles' windows before GPUs are given back, seconds.
    public double scaleDownWindowSeconds() {
        return Math.max(scaleDownWindowSeconds(Role.PREFILL), scaleDownWindowSeconds(Role.DECODE));
    }

    /// KV bytes of one request, which its transfer carries.
    public double kvBytesPerRequest(double inputTokens) {
        return KvTransfer.bytesPerRequest(inputTokens, kvBytesPerToken);
    }

    /// Links that one request's KV goes over: those of the narrower of the two replicas.
    public double lanes() {
        return prefill.lanes().to(decode.lanes());
    }

    /// Seconds that one request's KV takes over idle links.
    public double transferSeconds(double inputTokens) {
        return KvTransfer.seconds(link, lanes(), kvBytesPerRequest(inputTokens));
    }

    /// The longer of the two pools' lead times, seconds.
    public double leadTimeSeconds() {
        return Math.max(prefill.leadTimeSeconds(), decode.leadTimeSeconds());
    }

    /// Until a replica more serves, as stated, seconds: a lead time, or drained and switched where
    /// that is sooner.
    public double arrivalSeconds() {
        double drain = Math.max(prefill.drainSeconds(), decode.drainSeconds());
        return switching.possible()
                ? Math.min(leadTimeSeconds(), switching.seconds() + drain)
                : leadTimeSeconds();
    }

    /// How long a move may take before it is taken back, seconds: three times starting and draining
    /// one after the other, and a minute.
    public double moveAllowanceSeconds() {
        double drain = Math.max(prefill.drainSeconds(), decode.drainSeconds());
        return 3 * (leadTimeSeconds() + drain) + 60;
    }
}
