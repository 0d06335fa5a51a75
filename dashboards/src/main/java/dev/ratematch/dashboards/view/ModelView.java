package dev.ratematch.dashboards.view;

import static dev.ratematch.dashboards.view.Figures.finite;

import dev.ratematch.controller.core.Assessment;
import dev.ratematch.controller.core.Forecast;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the decision's own model makes of the pools; null is without bound.
///
/// @param expectedPerSecond requests per second that are expected
/// @param demandPerSecond planned for, margin and backlog included
/// @param pastSaving what waits in vain, in a sentence; null where nothing does or it is unknown
public record ModelView(
        double expectedPerSecond,
        double demandPerSecond,
        double inputTokens,
        double outputTokens,
        int windows,
        ForecastView now,
        ForecastView end,
        String confidence,
        List<String> doubts,
        @Nullable String pastSaving) {

    public ModelView {
        doubts = List.copyOf(doubts);
    }

    /// One pair by the model.
    ///
    /// @param carriedPerSecond requests per second within the promise
    /// @param limit what keeps the pair from more
    /// @param prefillWorth requests per second that one more prefill replica would add
    /// @param decodeWorth requests per second that one more decode replica would add
    /// @param growAbovePerSecond rate above which it takes `growTo`
    /// @param shrinkBelowPerSecond rate below which `shrinkTo` suffices
    public record ForecastView(
            @Nullable Pair pair,
            @Nullable Double carriedPerSecond,
            @Nullable Double prefillPerSecond,
            @Nullable Double decodePerSecond,
            @Nullable Double transferPerSecond,
            @Nullable Double ttftSeconds,
            @Nullable Double itlMeanSeconds,
            double servedShare,
            String limit,
            double prefillWorth,
            double decodeWorth,
            @Nullable Double growAbovePerSecond,
            @Nullable Pair growTo,
            @Nullable Double shrinkBelowPerSecond,
            @Nullable Pair shrinkTo) {

        static ForecastView of(ServiceSpec spec, Forecast forecast) {
            var growth = forecast.growth();
            var saving = forecast.saving();
            return new ForecastView(
                    Pair.of(spec, forecast.pair()),
                    finite(forecast.requestsPerSecond()),
                    finite(forecast.prefill().requestsPerSecond()),
                    finite(forecast.decode().requestsPerSecond()),
                    finite(forecast.transferRequestsPerSecond()),
                    finite(forecast.ttftSeconds()),
                    finite(forecast.itlSeconds()),
                    forecast.servedShare(),
                    forecast.binding().name().toLowerCase(Locale.ROOT),
                    forecast.prefillWorth(),
                    forecast.decodeWorth(),
                    growth == null ? null : finite(growth.requestsPerSecond()),
                    growth == null ? null : Pair.of(spec, growth.to()),
                    saving == null ? null : finite(saving.requestsPerSecond()),
                    saving == null ? null : Pair.of(spec, saving.to()));
        }
    }

    /// Of an assessment; null where there is none.
    static @Nullable ModelView of(ServiceSpec spec, @Nullable Assessment found) {
        if (found == null) {
            return null;
        }
        var late = found.pastSaving();
        return new ModelView(
                found.expected().requestsPerSecond(),
                found.demand().requestsPerSecond(),
                found.expected().inputTokens(),
                found.expected().outputTokens(),
                found.expected().windows(),
                ForecastView.of(spec, found.now()),
                ForecastView.of(spec, found.end()),
                found.confidence().level().label(),
                found.confidence().because(),
                late == null ? null : late.text(spec.slo().ttftSeconds()));
    }
}
