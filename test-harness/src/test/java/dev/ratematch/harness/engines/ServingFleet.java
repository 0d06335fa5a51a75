package dev.ratematch.harness.engines;

import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Target;
import java.util.List;

/// A real serving stack that runs, or is about to.
interface ServingFleet extends AutoCloseable {

    /// Where requests go, without `/v1`.
    String url();

    /// What is to be scraped.
    List<Target> targets();

    /// Its processes.
    Processes processes();

    /// The model that requests name.
    default String model() {
        return TinyModel.NAME;
    }

    /// The pods that hold an engine.
    default List<Target> workers() {
        return targets().stream().filter(t -> t.source() != Source.FRONTEND).toList();
    }

    /// A pod on loopback.
    static Target target(Source source, String pod, int port) {
        return new Target(source, pod, "http://%s:%d/metrics".formatted(Processes.LOOPBACK, port));
    }

    @Override
    void close();
}
