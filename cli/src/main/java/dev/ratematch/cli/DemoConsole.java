package dev.ratematch.cli;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.controller.service.Service;
import dev.ratematch.harness.http.LivePlant.Audience;
import dev.ratematch.harness.plant.FleetView;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// The console of a demo, where one is asked for, beside the view in the terminal.
///
/// @param open null for none
record DemoConsole(ConsoleServerOptions.@Nullable Open open, Service service)
        implements AutoCloseable {

    private static final String NAME = "demo";

    /// Opens it, and says where it is.
    ///
    /// @param quiet whether nobody looks who has not asked for it
    static DemoConsole open(
            CommandSpec spec, ConsoleServerOptions options, boolean quiet, Service service) {
        try {
            var open = options.open(NAME, quiet ? null : Integer.valueOf(0), _ -> {});
            if (open != null) {
                var err = spec.commandLine().getErr();
                err.printf("Console: %s%n", open.server().url());
                err.flush();
            }
            return new DemoConsole(open, service);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /// Whoever watches, and the console.
    Audience beside(@Nullable Audience screen) {
        var seen = screen == null ? Audience.NONE : screen;
        return open == null ? seen : new Both(seen, open, service, new LiveLedger());
    }

    private record Both(
            Audience screen, ConsoleServerOptions.Open open, Service service, LiveLedger ledger)
            implements Audience {

        @Override
        public void frame(double atSeconds, FleetView prefill, FleetView decode) {
            screen.frame(atSeconds, prefill, decode);
        }

        @Override
        public void cycle(Cycle cycle) {
            screen.cycle(cycle);
            open.console().cycle("", NAME, service, cycle, ledger.cycle(service, cycle));
        }
    }

    /// Goes on until interrupted, where that is asked for and there is something to look at.
    void stay(boolean asked) {
        if (asked && open != null) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        if (open != null) {
            open.close();
        }
    }
}
