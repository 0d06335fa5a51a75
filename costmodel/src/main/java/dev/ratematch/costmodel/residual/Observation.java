package dev.ratematch.costmodel.residual;

import java.util.List;

/// A modelled figure beside the measured one.
///
/// @param traits of the deployment
/// @param load what the correction may depend on besides: logarithms of load
/// @param modelled by the kernels alone
/// @param measured in reality, same unit
public record Observation(Traits traits, List<Double> load, double modelled, double measured) {

    public Observation {
        load = List.copyOf(load);
    }

    double logRatio() {
        return StrictMath.log(measured / modelled);
    }
}
