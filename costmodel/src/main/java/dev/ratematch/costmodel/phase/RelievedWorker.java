package dev.ratematch.costmodel.phase;

/// A worker whose callers count prompts whole and one query per sequence, and which computes what a
/// [Relief] leaves of that.
final class RelievedWorker extends CompiledWorker {

    private final CompiledWorker worker;
    private final Relief relief;

    RelievedWorker(CompiledWorker worker, Relief relief) {
        super(worker);
        this.worker = worker;
        this.relief = relief;
    }

    @Override
    public double prefillIterationSeconds(double tokens, double squares) {
        return worker.prefillIterationSeconds(fresh(tokens), freshSquares(squares));
    }

    @Override
    public double decodeStepSeconds(double sequences, double residentTokens) {
        return relief.stepFactor()
                * worker.decodeStepSeconds(
                        sequences * relief.queries(), resident(sequences, residentTokens));
    }

    @Override
    public double mixedSeconds(
            double tokens, double squares, double sequences, double residentTokens) {
        return relief.stepFactor()
                * worker.mixedSeconds(
                        fresh(tokens),
                        freshSquares(squares),
                        sequences * relief.queries(),
                        resident(sequences, residentTokens));
    }

    @Override
    public long kvCapacityTokens() {
        return Math.round(relief.places() * worker.kvCapacityTokens());
    }

    private double fresh(double tokens) {
        return tokens * (1 - relief.cachedShare());
    }

    /// `S^2 - (hS)^2`.
    private double freshSquares(double squares) {
        return squares * (1 - relief.cachedShare() * relief.cachedShare());
    }

    private double resident(double sequences, double residentTokens) {
        return residentTokens + sequences * relief.unseenTokens();
    }
}
