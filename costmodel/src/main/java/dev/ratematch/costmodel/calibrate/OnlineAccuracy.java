package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.table.Table;
import java.util.ArrayList;

/// Errors on the telemetry of a real prefill engine, iteration by iteration: each is predicted
/// before it is learnt from.
///
/// @param peer the peer's own prediction
/// @param kernels kernels alone
/// @param online with what the iterations before taught, after the first of them
public record OnlineAccuracy(Errors peer, Errors kernels, Errors online) {

    /// Iterations that teach before any counts.
    public static final int LEARNT_FIRST = 50;

    /// What iterations teach. Immutable.
    public interface Learner {

        /// Seconds of an iteration, corrected by what was learnt.
        double correct(double modelledSeconds);

        /// After one iteration more.
        Learner learn(double modelledSeconds, double observedSeconds);
    }

    /// Against `fpm_prefill`, in the order of the file.
    ///
    /// @param b200 its kernels
    /// @param untaught who has learnt nothing yet
    public static OnlineAccuracy of(Table table, Kernels b200, Learner untaught) {
        var model = Models.GPT_OSS_120B;
        var worker =
                CompiledWorker.compile(
                        b200,
                        model,
                        Quantization.of(Precision.NVFP4, model, KvDtype.FP8),
                        Parallelism.tp(1),
                        Engine.NONE);
        var learner = untaught;
        var peer = new ArrayList<Double>();
        var kernels = new ArrayList<Double>();
        var online = new ArrayList<Double>();
        int seen = 0;
        for (Row row : table.rows()) {
            double truth = row.number("observed_ms") / 1000;
            double requests = Math.max(1, row.number("prefill_requests"));
            double tokens = row.number("prefill_tokens");
            double cached = row.number("prefill_kv_tokens");
            double whole = tokens + cached;
            // Requests are taken to be alike: their sum of squares is not in the telemetry.
            double squares = (whole * whole - cached * cached) / requests;
            double modelled = worker.prefillIterationSeconds(tokens, squares);
            if (seen++ >= LEARNT_FIRST) {
                peer.add(Errors.relative(row.number("aic_ms") / 1000, truth));
                kernels.add(Errors.relative(modelled, truth));
                online.add(Errors.relative(learner.correct(modelled), truth));
            }
            learner = learner.learn(modelled, truth);
        }
        return new OnlineAccuracy(Errors.of(peer), Errors.of(kernels), Errors.of(online));
    }
}
