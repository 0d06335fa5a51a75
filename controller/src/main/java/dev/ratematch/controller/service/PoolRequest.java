package dev.ratematch.controller.service;

import dev.ratematch.costmodel.parallel.Parallelism;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One pool as its operator describes it; what is null gets its value of [Defaults]. Made by a
/// [Builder], which names what is given and nothing else.
///
/// @param gpus GPUs of one replica; default those of `parallel`
/// @param parallel how one replica is spread, such as `tp2`; default the narrowest that fits
/// @param min fewest replicas
/// @param max most replicas; default what the budget leaves
/// @param leadTimeSeconds from command to serving, seconds
/// @param drainSeconds usual time to drain, seconds
/// @param maxBatchedTokens token budget of one prefill iteration of one data-parallel rank, as
///   engines mean it
/// @param maxSequences most sequences in a decode batch of one data-parallel rank, as engines mean
///   it
/// @param kvTokens KV tokens that one replica holds; default by the memory model
public record PoolRequest(
        @Nullable Integer gpus,
        @Nullable String parallel,
        @Nullable Integer min,
        @Nullable Integer max,
        @Nullable Double leadTimeSeconds,
        @Nullable Double drainSeconds,
        @Nullable Integer maxBatchedTokens,
        @Nullable Integer maxSequences,
        @Nullable Double kvTokens) {

    /// How one replica is spread, where that is said: over so many GPUs is as one TP group.
    ///
    /// @throws IllegalArgumentException where `gpus` and `parallel` contradict each other
    public Optional<Parallelism> spread() {
        if (parallel == null) {
            return Optional.ofNullable(gpus).map(Parallelism::tp);
        }
        var spread = Parallelism.parse(parallel);
        if (gpus != null && gpus != spread.gpus()) {
            throw new IllegalArgumentException(
                    "gpus (%d) must be the %d of parallel \"%s\"; give one of the two."
                            .formatted(gpus, spread.gpus(), parallel));
        }
        return Optional.of(spread);
    }

    /// All defaults.
    public static final PoolRequest DEFAULTS = builder().build();

    /// A pool of which nothing is said yet.
    public static Builder builder() {
        return new Builder();
    }

    /// A pool whose replicas are spread like that, such as `tp2`, the rest at its default.
    public static PoolRequest spread(String parallel) {
        return builder().parallel(parallel).build();
    }

    /// Collects what is said of a pool; null says nothing.
    public static final class Builder {
        private @Nullable Integer gpus;
        private @Nullable String parallel;
        private @Nullable Integer min;
        private @Nullable Integer max;
        private @Nullable Double leadTimeSeconds;
        private @Nullable Double drainSeconds;
        private @Nullable Integer maxBatchedTokens;
        private @Nullable Integer maxSequences;
        private @Nullable Double kvTokens;

        private Builder() {}

        /// GPUs of one replica.
        public Builder gpus(@Nullable Integer value) {
            gpus = value;
            return this;
        }

        /// How one replica is spread.
        public Builder parallel(@Nullable String value) {
            parallel = value;
            return this;
        }

        /// Fewest replicas.
        public Builder min(@Nullable Integer value) {
            min = value;
            return this;
        }

        /// Most replicas.
        public Builder max(@Nullable Integer value) {
            max = value;
            return this;
        }

        /// From command to serving, seconds.
        public Builder leadTimeSeconds(@Nullable Double value) {
            leadTimeSeconds = value;
            return this;
        }

        /// Usual time to drain, seconds.
        public Builder drainSeconds(@Nullable Double value) {
            drainSeconds = value;
            return this;
        }

        /// Token budget of one prefill iteration of one data-parallel rank.
        public Builder maxBatchedTokens(@Nullable Integer value) {
            maxBatchedTokens = value;
            return this;
        }

        /// Most sequences in a decode batch of one data-parallel rank.
        public Builder maxSequences(@Nullable Integer value) {
            maxSequences = value;
            return this;
        }

        /// KV tokens that one replica holds.
        public Builder kvTokens(@Nullable Double value) {
            kvTokens = value;
            return this;
        }

        /// The pool as said so far.
        public PoolRequest build() {
            return new PoolRequest(
                    gpus,
                    parallel,
                    min,
                    max,
                    leadTimeSeconds,
                    drainSeconds,
                    maxBatchedTokens,
                    maxSequences,
                    kvTokens);
        }
    }
}
