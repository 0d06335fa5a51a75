package dev.ratematch.controller.host;

import dev.ratematch.controller.core.Advisor.Advice;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.service.Service;

/// Keeps a record of every cycle.
@FunctionalInterface
public interface Journal {

    /// Adds the record of one cycle.
    void append(JournalEntry entry);

    /// Says what the cycles from here on are decided for and what is remembered before the first of
    /// them: at the start, and whenever either is changed from outside.
    default void service(Service service, Advice from) {}

    /// The same where nothing is recommended and not begun.
    default void service(Service service, State from) {
        service(service, Advice.of(from));
    }
}
