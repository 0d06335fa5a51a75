package dev.ratematch.cli.model;

import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.sizing.table.Row;
import dev.ratematch.sizing.table.Table;
import java.util.ArrayList;

/// Errors on the telemetry of a real prefill engine, iteration by iteration: each is predicted
/// before it is learnt from.
///
/// @param peer the peer's own prediction
/// @param kernels kernels alone
/// @param online with what the iterations before taught, after the first of them
record OnlineAccuracy(Errors peer, Errors kernels, Errors online) {

    /// Iterations that teach before any counts.
    static final int LEARNT_FIRST = 50;

    /// Against `fpm_prefill`, in the order of the file.
    static OnlineAccuracy of(Table table) {
        var model = Models.GPT_OSS_120B;
        var worker =
                CompiledWorker.compile(
                        ShippedProfiles.kernels(Accelerators.B200),
                        model,
                        Quantization.of(Precision.NVFP4, model, KvDtype.FP8),
                        Parallelism.tp(1),
                        Engine.NONE);
        var residual = Residual.NONE;
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
                online.add(Errors.relative(residual.correct(modelled), truth));
            }
            residual = residual.learn(modelled, truth);
        }
        return new OnlineAccuracy(Errors.of(peer), Errors.of(kernels), Errors.of(online));
    }
}
