package dev.ratematch.controller.roleswitch.engine;

import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.controller.telemetry.prometheus.Access;
import dev.ratematch.costmodel.units.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How engines are reached.
///
/// @param readTimeout of a question, from connect to the last byte
/// @param switchTimeout of an order; SGLang answers when it has switched, which takes tens of
///   seconds where it captures CUDA graphs
/// @param decodeCudaGraphMemoryGb free GPU memory that SGLang must have to capture decode CUDA
///   graphs, GB, when it becomes a decode instance; null to leave it out, which an instance that
///   has no graphs yet refuses
/// @param access the API key, and what servers are trusted by
public record EngineSettings(
        Protocol protocol,
        Duration readTimeout,
        Duration switchTimeout,
        @Nullable Double decodeCudaGraphMemoryGb,
        Access access) {

    /// A question takes an engine milliseconds; one that is busy with a step takes seconds.
    public static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

    public EngineSettings {
        Check.atLeast("readTimeout in ms", readTimeout.toMillis(), 1);
        Check.atLeast("switchTimeout in ms", switchTimeout.toMillis(), 1);
        if (decodeCudaGraphMemoryGb != null) {
            Check.finiteAtLeast("decodeCudaGraphMemoryGb", decodeCudaGraphMemoryGb, 0);
        }
    }

    /// Engines of a protocol, with what else is usual.
    public static EngineSettings of(Protocol protocol, Duration switchTimeout) {
        return new EngineSettings(protocol, READ_TIMEOUT, switchTimeout, null, Access.OPEN);
    }

    /// The same with an API key or certificates.
    public EngineSettings access(Access other) {
        return new EngineSettings(
                protocol, readTimeout, switchTimeout, decodeCudaGraphMemoryGb, other);
    }

    /// The same with another timeout of questions.
    public EngineSettings readTimeout(Duration other) {
        return new EngineSettings(protocol, other, switchTimeout, decodeCudaGraphMemoryGb, access);
    }

    /// The same with memory for CUDA graphs, GB.
    public EngineSettings decodeCudaGraphMemoryGb(double gb) {
        return new EngineSettings(protocol, readTimeout, switchTimeout, gb, access);
    }
}
