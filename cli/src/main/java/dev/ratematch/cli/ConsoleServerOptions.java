package dev.ratematch.cli;

import dev.ratematch.dashboards.console.Access;
import dev.ratematch.dashboards.console.Console;
import dev.ratematch.dashboards.console.ConsoleServer;
import java.time.Clock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A console on a port of its own.
final class ConsoleServerOptions {

    private static final int PORT_MAX = 65_535;

    @Option(
            names = "--console-port",
            paramLabel = "PORT",
            description = "Port of the console (docs/console.md); 0 for any free port.")
    private @Nullable Integer port;

    @Option(
            names = "--console-host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "Address that the console listens on. Any address other than "
                            + "loopback requires a token. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Mixin private ConsoleAccessOptions access = new ConsoleAccessOptions();

    /// A console, and where it is served.
    record Open(Console console, ConsoleServer server) implements AutoCloseable {

        @Override
        public void close() {
            server.close();
        }
    }

    /// A console that is served; null where no port is asked for.
    ///
    /// @param of what it is a console of, such as `demo`
    /// @param usually the port where none is given; null for none
    /// @param first fills it before anybody can ask, so that nobody is told that there is nothing
    /// @throws IllegalArgumentException that names the option, its value and what would be right
    @Nullable Open open(String of, @Nullable Integer usually, Consumer<Console> first) {
        var asked = port == null ? usually : port;
        if (asked == null) {
            return null;
        }
        if (asked < 0 || asked > PORT_MAX) {
            throw new IllegalArgumentException(
                    "--console-port (%d) must be between 0 and %d.".formatted(asked, PORT_MAX));
        }
        Access who = access.access();
        var console = new Console(who, of, true, Clock.systemUTC().millis());
        first.accept(console);
        try {
            return new Open(console, new ConsoleServer(console, who, host, asked));
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("--console-" + e.getMessage(), e);
        }
    }
}
