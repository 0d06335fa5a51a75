package dev.ratematch.controller.publish;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.service.Service;
import io.vertx.core.http.HttpServerRequest;

/// Where a console is plugged in: it is shown every cycle, and answers what the port of the metrics
/// does not.
public interface ConsolePort {

    /// No console.
    ConsolePort NONE = new ConsolePort() {};

    /// Shows what a cycle concluded. Called by the thread that decides, so it returns at once.
    ///
    /// @param record how promises have come out
    default void cycle(
            String namespace, String name, Service service, Cycle cycle, TrackRecord record) {}

    /// Shows that no cycle was possible, until one is.
    ///
    /// @param why in a sentence
    default void halted(String namespace, String name, String why) {}

    /// A service is gone, and what was shown of it with it.
    default void forget(String namespace, String name) {}

    /// Answers a request that is the console's own.
    ///
    /// @return whether it is; where it is not, nothing was written
    default boolean answer(HttpServerRequest request) {
        return false;
    }
}
