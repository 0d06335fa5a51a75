package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// What was learnt of a fleet that the cost model cannot know: how its step times and its KV
/// transfers differ, and how many KV tokens its decode engines say they hold.
///
/// @param transfer of a request's KV transfer, learnt while the links have room
/// @param link of the seconds that the wire takes for a request, learnt where what is stated cannot
///   be
/// @param decodeKvTokens KV tokens of one decode replica as its engine states them; null while none
///   has
public record Calibration(
        Residual prefill,
        Residual decode,
        Residual transfer,
        Residual link,
        @Nullable Double decodeKvTokens) {

    /// The model as it is.
    public static final Calibration NONE =
            new Calibration(Residual.NONE, Residual.NONE, Residual.NONE, Residual.NONE, null);

    public Calibration {
        // A state that an earlier version kept has none.
        transfer = Objects.requireNonNullElse(transfer, Residual.NONE);
        link = Objects.requireNonNullElse(link, Residual.NONE);
    }

    /// The laws, corrected.
    public Laws apply(Laws laws) {
        return corrected(laws, prefill.correction()::of, decode.correction()::of);
    }

    private static Laws corrected(
            Laws laws, DoubleUnaryOperator prefill, DoubleUnaryOperator decode) {
        return new Laws(
                (tokens, squares) ->
                        prefill.applyAsDouble(laws.prefill().iterationSeconds(tokens, squares)),
                (sequences, resident) ->
                        decode.applyAsDouble(laws.decode().stepSeconds(sequences, resident)),
                laws.local(),
                laws.overlap());
    }

    /// The service as the engines describe it: their own KV pool instead of the modelled one, the
    /// link's bandwidth where measured transfers refute it, and what a request waits for its KV by
    /// what was measured where links have room.
    ///
    /// @param inputTokens mean ISL, whose KV a transfer carries
    public ServiceSpec apply(ServiceSpec spec, double inputTokens) {
        var stated = decodeKvTokens == null ? spec : spec.withDecodeKv(decodeKvTokens);
        var bare = spec.link();
        if (bare.mode() == KvLink.Mode.LAYERWISE || transfer.weight() + link.weight() == 0) {
            return stated;
        }
        double total = transfer.correct(spec.transferSeconds(inputTokens));
        double bytes = spec.kvBytesPerRequest(inputTokens);
        double wire = bytes / (spec.lanes() * bare.bytesPerSecondPerGpu());
        double corrected = link.correct(wire);
        return stated.withLink(
                new KvLink(
                        bare.bytesPerSecondPerGpu() * wire / corrected,
                        bare.mode(),
                        Math.max(0, total - corrected)));
    }

    /// What pools carry of a workload within the promise, by all that was learnt and with a margin
    /// for what was not: of where the mean step time may be, the promise's own percentile is
    /// planned for. A promise is not out of reach by that alone.
    public Capacity capacity(ServiceSpec spec, Laws laws, WorkloadEstimate load) {
        double z = Capacity.normalQuantile(spec.slo().percentile() / 100);
        double margin = spec.tuning().demandMargin();
        var guarded = corrected(laws, prefill.guarded(z, margin), decode.guarded(z, margin));
        var sure = new Capacity(apply(spec, load.inputTokens()), guarded, load);
        return sure.unreachable() ? expected(spec, laws, load) : sure;
    }

    /// The same without the margin: what is most likely to be seen.
    public Capacity expected(ServiceSpec spec, Laws laws, WorkloadEstimate load) {
        return new Capacity(apply(spec, load.inputTokens()), apply(laws), load);
    }

    /// Learns from one consistent window, newest last in `windows`.
    ///
    /// @param steadySince end of the last move, seconds; `Lesson.ALWAYS` where none was; null where
    ///   a replica started or drained at the begin or the end of the window
    public Calibration learn(
            ServiceSpec spec,
            Laws laws,
            Snapshot snapshot,
            List<Window> windows,
            @Nullable Double steadySince) {
        var stated = snapshot.decode().kvCapacityTokens();
        var kv =
                stated.known() && stated.orElse(0) >= 1
                        ? Double.valueOf(stated.orElse(0))
                        : decodeKvTokens;
        double tokens = kv == null ? spec.decode().kvTokens() : kv;
        var lesson = new Lesson(spec, laws, snapshot, windows, steadySince);
        return new Calibration(
                lesson.prefill(prefill),
                lesson.decode(decode, tokens),
                lesson.transfer(transfer),
                lesson.link(link),
                kv);
    }
}
