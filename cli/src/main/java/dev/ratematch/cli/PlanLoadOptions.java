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
                    "Size for so many requests per second: the fewest GPUs that keep both promises at"
                            + " the percentile, with queueing. With --gpus also what these keep.")
    private @Nullable Double rate;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description =
                    "Instead of --rate: so many clients that each wait for their answer before they"
                            + " ask again.")
    private @Nullable Integer concurrency;

    @Option(
            names = "--percentile",
            paramLabel = "P",
            description =
                    "With --rate or --concurrency: percent of requests that must meet either promise,"
                            + " 50 to 99.9. Default: 95.")
    private @Nullable Double percentile;

    @Option(
            names = "--dispersion",
            paramLabel = "N",
            description =
                    "With --rate or --concurrency: variance over mean of arrivals in a window as long"
                            + " as --ttft. Default: 1 (Poisson).")
    private @Nullable Double dispersion;

    @Option(
            names = "--isl-cv",
            paramLabel = "N",
            description =
                    "With --rate or --concurrency: coefficient of variation of prompt lengths."
                            + " Default: 0 (all alike).")
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
                    "--rate (%s) and --concurrency (%d) are two loads; give one of them."
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
