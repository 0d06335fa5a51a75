package dev.ratematch.cli;

import dev.ratematch.sizing.load.Offered;
import dev.ratematch.sizing.load.Traffic;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The load that `ratematch plan` sizes a fleet for.
final class PlanLoadOptions {

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Requests per second to size for: finds the fewest GPUs that meet "
                            + "both targets at the percentile, including queueing. With --gpus, "
                            + "also the highest rate that these serve.")
    private @Nullable Double rate;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description =
                    "Instead of --rate: number of clients that each send their next "
                            + "request when the last one is answered.")
    private @Nullable Integer concurrency;

    @Option(
            names = "--percentile",
            paramLabel = "P",
            description =
                    "With --rate or --concurrency: percent of requests that must meet "
                            + "each target, 50 to 99.9. Default: 95.")
    private @Nullable Double percentile;

    @Option(
            names = "--dispersion",
            paramLabel = "N",
            description =
                    "With --rate or --concurrency: burstiness, as variance over mean of "
                            + "the arrivals in a window as long as --ttft. Default: 1 (Poisson).")
    private @Nullable Double dispersion;

    @Option(
            names = "--isl-cv",
            paramLabel = "N",
            description =
                    "With --rate or --concurrency: coefficient of variation of prompt "
                            + "lengths. Default: 0 (all equal).")
    private @Nullable Double inputCv;

    /// Whether a fleet is to be sized for a load.
    boolean given() {
        return rate != null || concurrency != null || anyOfTraffic();
    }

    private boolean anyOfTraffic() {
        return percentile != null || dispersion != null || inputCv != null;
    }

    /// Takes the percentile of a service, where the option does not say it.
    void assume(double percent) {
        if (percentile == null) {
            percentile = percent;
        }
    }

    /// The load, or a refusal that names the option.
    Offered offered() {
        if (rate != null && concurrency != null) {
            throw new IllegalArgumentException(
                    "--rate (%s) and --concurrency (%d) exclude each other; give one."
                            .formatted(rate, concurrency));
        }
        if (rate != null) {
            return new Offered.Rate(rate);
        }
        if (concurrency != null) {
            return new Offered.Concurrency(concurrency);
        }
        throw new IllegalArgumentException(
                "--percentile, --dispersion and --isl-cv describe a load; give --rate or --concurrency with them.");
    }

    /// How it comes.
    Traffic traffic() {
        var usual = Traffic.USUAL;
        return new Traffic(
                percentile == null ? usual.percentile() : percentile,
                dispersion == null ? usual.dispersion() : dispersion,
                inputCv == null ? usual.inputCv() : inputCv);
    }
}
