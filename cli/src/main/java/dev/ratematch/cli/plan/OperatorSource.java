package dev.ratematch.cli.plan;

import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.List;
import java.util.OptionalDouble;

/// Where the operators of a step come from.
public interface OperatorSource {

    /// Those of a prefill iteration.
    List<Operator> prefill(CompiledWorker worker, double tokens, double squares);

    /// Those of a decode step.
    List<Operator> decode(CompiledWorker worker, double sequences, double residentTokens);

    /// The coarsest breakdown, from the compiled worker alone: attention over the context, and all
    /// that counts tokens only.
    OperatorSource COARSE =
            new OperatorSource() {

                @Override
                public List<Operator> prefill(
                        CompiledWorker worker, double tokens, double squares) {
                    return two(
                            worker.prefillIterationSeconds(tokens, squares),
                            worker.prefillIterationSeconds(tokens, 0));
                }

                @Override
                public List<Operator> decode(
                        CompiledWorker worker, double sequences, double residentTokens) {
                    return two(
                            worker.decodeStepSeconds(sequences, residentTokens),
                            worker.decodeStepSeconds(sequences, 0));
                }

                private List<Operator> two(double all, double linear) {
                    return List.of(
                            new Operator(
                                    "projections, experts, communication, engine",
                                    1,
                                    linear,
                                    linear / all,
                                    OptionalDouble.empty()),
                            new Operator(
                                    "attention over the context",
                                    1,
                                    all - linear,
                                    1 - linear / all,
                                    OptionalDouble.empty()));
                }
            };
}
