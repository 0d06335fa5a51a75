package dev.ratematch.harness.foreign;

/// What the foreign fleet is made of. Every figure was chosen for this plant: plausible for a 70B
/// model on two GPUs of its time, and no figure of the cost model or the bundled plant.
///
/// @param name how reports call it
/// @param gpus GPUs of both pools, two a replica
/// @param engine step times and room of a replica
/// @param leadFrom least seconds from GPUs to serving
/// @param leadTo most seconds of the same
/// @param lingerSeconds seconds that a drained replica still holds its GPUs
/// @param habits how requests are spread and where the first token is told
record Site(
        String name,
        int gpus,
        Engine engine,
        double leadFrom,
        double leadTo,
        double lingerSeconds,
        Habits habits) {

    static final int GPUS_PER_REPLICA = 2;

    /// How requests are treated.
    ///
    /// @param leastLoaded the replica with the fewest requests is taken, not the next in turn
    /// @param toldByPrefill the first token is sent by prefill, not by decode after it took over
    record Habits(boolean leastLoaded, boolean toldByPrefill) {}

    /// Times in seconds, lengths and room in tokens, all of one replica.
    ///
    /// @param promptTokenSeconds of a prompt token
    /// @param batchSeconds fixed time of a prefill batch
    /// @param chunkTokens most prompt tokens of a batch
    /// @param prefillRoom prompts whose KV a prefill replica can hold
    /// @param stepSeconds fixed time of a decode step
    /// @param sequenceSeconds time of a step for each sequence
    /// @param contextSeconds time of a step for each token of context
    /// @param sequences most sequences at a time
    /// @param decodeRoom KV that a decode replica can hold
    /// @param transferTokensPerSecond KV moved to decode
    record Engine(
            double promptTokenSeconds,
            double batchSeconds,
            int chunkTokens,
            double prefillRoom,
            double stepSeconds,
            double sequenceSeconds,
            double contextSeconds,
            int sequences,
            double decodeRoom,
            double transferTokensPerSecond) {

        /// Seconds of a decode step.
        double step(double running, double context) {
            return stepSeconds + sequenceSeconds * running + contextSeconds * context;
        }

        /// Requests/s that a prefill replica can do.
        double prefillRate(double input) {
            return 1 / (input * promptTokenSeconds + input / chunkTokens * batchSeconds);
        }

        /// Requests/s that a decode replica can do within a time between tokens.
        double decodeRate(double input, double output, double itlSeconds) {
            double context = input + output / 2;
            double batch =
                    Math.min(
                            Math.min(sequences, decodeRoom / (input + output)),
                            (itlSeconds - stepSeconds)
                                    / (sequenceSeconds + contextSeconds * context));
            return batch / (output * step(batch, batch * context));
        }

        Engine slower(double prefill, double decode) {
            return new Engine(
                    promptTokenSeconds * prefill,
                    batchSeconds * prefill,
                    chunkTokens,
                    prefillRoom,
                    stepSeconds * Math.min(decode, 1.2),
                    sequenceSeconds * decode,
                    contextSeconds * decode,
                    sequences,
                    decodeRoom,
                    transferTokensPerSecond);
        }

        Engine room(double prefill, double decode) {
            return new Engine(
                    promptTokenSeconds,
                    batchSeconds,
                    chunkTokens,
                    prefill,
                    stepSeconds,
                    sequenceSeconds,
                    contextSeconds,
                    sequences,
                    decode,
                    transferTokensPerSecond);
        }
    }

    /// The plant that the thresholds are for.
    static Site standard() {
        var engine =
                new Engine(
                        1 / 14_000.0, 0.012, 4096, 600_000, 0.008, 45e-6, 20e-9, 256, 1.6e6, 5e5);
        return new Site("standard", 32, engine, 60, 90, 0, new Habits(false, false));
    }

    int replicas() {
        return gpus / GPUS_PER_REPLICA;
    }

    /// Requests/s of a split within a time between tokens.
    double rate(Counts counts, Mix mix) {
        return Math.min(
                counts.prefill() * engine.prefillRate(mix.input()),
                counts.decode() * engine.decodeRate(mix.input(), mix.output(), Promise.ITL));
    }

    /// The split that carries most of a mix.
    Counts bestSplit(Mix mix) {
        var best = Counts.even(replicas());
        for (int p = 1; p < replicas(); p++) {
            var split = new Counts(p, replicas() - p);
            if (rate(split, mix) > rate(best, mix)) {
                best = split;
            }
        }
        return best;
    }

    Site named(String other) {
        return new Site(other, gpus, engine, leadFrom, leadTo, lingerSeconds, habits);
    }

    Site with(Engine other) {
        return new Site(name, gpus, other, leadFrom, leadTo, lingerSeconds, habits);
    }

    Site with(Habits other) {
        return new Site(name, gpus, engine, leadFrom, leadTo, lingerSeconds, other);
    }

    Site budget(int other) {
        return new Site(name, other, engine, leadFrom, leadTo, lingerSeconds, habits);
    }

    Site paced(double from, double to, double linger) {
        return new Site(name, gpus, engine, from, to, linger, habits);
    }
}
