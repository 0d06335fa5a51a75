package dev.ratematch.cli;

import dev.ratematch.dashboards.console.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Who may see a console.
public final class ConsoleAccessOptions {

    private static final String VARIABLE = "RATEMATCH_CONSOLE_TOKEN";

    @Option(
            names = "--console-token-file",
            paramLabel = "FILE",
            description =
                    "Require the token in this file, or in RATEMATCH_CONSOLE_TOKEN, to "
                            + "open the console. Without a token the console answers this machine "
                            + "only (docs/console.md).")
    private @Nullable Path file;

    /// As the options and the environment say.
    ///
    /// @throws IllegalArgumentException that names the file, or says what is wrong with the token
    public Access access() {
        String token = file == null ? System.getenv(VARIABLE) : read(file);
        return token == null || token.isBlank() ? Access.LOCAL : new Access(token.strip());
    }

    private static String read(Path file) {
        try {
            String token = Files.readString(file).strip();
            if (!token.isEmpty()) {
                return token;
            }
            throw new IllegalArgumentException(
                    "--console-token-file (%s) is empty; it must contain the token."
                            .formatted(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--console-token-file (%s) cannot be read: %s.".formatted(file, e), e);
        }
    }
}
