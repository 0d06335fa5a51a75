package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ConsoleCommandTest {

    private static final Pattern URL = Pattern.compile("Console: (http://127[.]0[.]0[.]1:\\d+/)");

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object command, String... args) {
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private Path recorded() throws Exception {
        var trace = folder.resolve("trace.csv");
        var text = new StringBuilder("arrival_s,input_tokens,output_tokens\n");
        for (int i = 0; i < 1200; i++) {
            text.append(i * 0.1).append(",1000,60\n");
        }
        Files.writeString(trace, text);
        var journal = folder.resolve("run.jsonl");
        int exit =
                run(
                        new SimulateCommand(),
                        "--trace=" + trace,
                        "--gpus=8",
                        "--policy=ratematch",
                        "--journal=" + journal);
        assertThat(exit).as("%s", err).isZero();
        return journal;
    }

    @Test
    void servesAJournalUntilItIsInterrupted() throws Exception {
        var journal = recorded();
        var exit = new AtomicInteger();
        var serving =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        exit.set(
                                                run(
                                                        new ConsoleCommand(),
                                                        "--journal=" + journal,
                                                        "--console-port=0")));
        var said = URL.matcher("");
        while (!said.reset(out.toString()).find() && serving.isAlive()) {
            serving.join(20);
        }
        try (var client = HttpClient.newHttpClient()) {
            var services = URI.create(said.group(1) + "api/services");
            var answer =
                    client.send(HttpRequest.newBuilder(services).build(), BodyHandlers.ofString());
            assertThat(answer.body()).contains("\"id\":\"run\"").contains("\"whole\":true");
        }
        serving.interrupt();
        serving.join();
        assertThat(exit.get()).isEqualTo(130);
    }

    @Test
    void aDayThatIsNotThereNamesThoseThatAre() throws Exception {
        var journal = recorded();
        int exit =
                run(
                        new ConsoleCommand(),
                        "--journal=" + journal,
                        "--console-port=0",
                        "--day=2026-11-29");
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString())
                .contains("--day (2026-11-29) is not in the journal; it has 1970-01-01 to");
    }

    @Test
    void whatIsWrongIsSaidWithItsValue() throws Exception {
        var missing = folder.resolve("none.jsonl");
        assertThat(run(new ConsoleCommand(), "--journal=" + missing, "--console-port=0"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("does not exist");
        var journal = recorded();
        assertThat(run(new ConsoleCommand(), "--journal=" + journal, "--console-port=70000"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--console-port (70000) must be between 0 and 65535");
        assertThat(
                        run(
                                new ConsoleCommand(),
                                "--journal=" + journal,
                                "--console-port=0",
                                "--day=yesterday"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--day (yesterday) must be a date");
    }

    @Test
    void aTokenComesFromAFileAndGuardsWhatOthersReach() throws Exception {
        var journal = recorded();
        var token = folder.resolve("token");
        Files.writeString(token, "\n");
        String[] args = {
            "--journal=" + journal, "--console-port=0", "--console-token-file=" + token
        };
        assertThat(run(new ConsoleCommand(), args)).isEqualTo(2);
        assertThat(err.toString()).contains("is empty; it must contain the token");
        Files.writeString(token, "short\n");
        assertThat(run(new ConsoleCommand(), args)).isEqualTo(2);
        assertThat(err.toString()).contains("at least 16");
        assertThat(
                        run(
                                new ConsoleCommand(),
                                "--journal=" + journal,
                                "--console-port=0",
                                "--console-host=0.0.0.0"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--console-host (0.0.0.0) can be reached from other machines");
    }
}
