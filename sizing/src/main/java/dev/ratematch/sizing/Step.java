package dev.ratematch.sizing;

import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Operator;
import java.util.ArrayList;
import java.util.List;

/// One chosen iteration, operator by operator.
///
/// @param role prefill or decode
/// @param name of the point
/// @param what is computed together, for people
/// @param worker that computes it
/// @param operators through all stages
/// @param seconds of the whole, with what the engine adds
record Step(
        String role,
        String name,
        String what,
        CompiledWorker worker,
        List<Operator> operators,
        double seconds) {

    Step {
        operators = List.copyOf(operators);
    }

    /// Those of a plan, prefill first.
    static List<Step> of(ModelPlan answer) {
        var plan = answer.plan();
        var load = plan.target().load();
        var steps = new ArrayList<Step>();
        plan.prefill().forEach(point -> steps.add(prefill(point, load)));
        plan.decode().forEach(point -> steps.add(decode(point, load)));
        return steps;
    }

    private static Step prefill(PrefillPoint point, Load load) {
        var worker = point.worker();
        int copies = worker.parallelism().attentionData();
        int stages = worker.parallelism().pipeline();
        boolean whole = point.chunkTokens() == 0;
        double batch = whole ? (double) point.prompts() / (copies * stages) : 1;
        double tokens = whole ? load.newTokens() : point.chunkTokens();
        double before = load.inputTokens() - tokens;
        double squares = load.inputTokens() * load.inputTokens() - before * before;
        double seconds =
                worker.prefillIterationSeconds(copies * batch * tokens, copies * batch * squares)
                        + (stages - 1) * worker.prefillFloorSeconds();
        String what =
                whole
                        ? "%s prompts of %s new tokens"
                                .formatted(Numbers.plain(copies * batch), Numbers.plain(tokens))
                        : "the last chunk of %s tokens of %d prompts"
                                .formatted(Numbers.plain(tokens), copies);
        return new Step(
                "prefill",
                point.name(),
                what,
                worker,
                worker.pass().prefill(batch, load.inputTokens(), before),
                seconds);
    }

    private static Step decode(DecodePoint point, Load load) {
        var worker = point.worker();
        var parallelism = worker.parallelism();
        double perCopy =
                (double) point.sequences() / (parallelism.attentionData() * parallelism.pipeline());
        double queries = 1 + load.draftTokens();
        double context = load.residentTokens() / queries;
        double seconds =
                worker.decodeStepSeconds(
                        point.sequences() * queries, point.sequences() * load.residentTokens());
        String what =
                "%s sequences per copy of attention at %s tokens of context"
                        .formatted(Numbers.plain(perCopy), Numbers.plain(load.residentTokens()));
        return new Step(
                "decode",
                point.name(),
                what,
                worker,
                worker.pass().decode(perCopy * queries, context),
                seconds);
    }

    /// Sum of the kernels.
    double kernelSeconds() {
        return operators.stream().mapToDouble(o -> o.total().micros()).sum() * 1e-6;
    }
}
