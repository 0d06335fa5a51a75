package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.sizing.NoPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// What is said where something is wrong, and what the process ends with.
class WrongLineTest {

    private static final List<String> PLAN =
            List.of(
                    "plan",
                    "--model=llama-3.1-70b",
                    "--gpu=b200",
                    "--isl=4096",
                    "--osl=512",
                    "--itl=30ms");

    private record Ran(int code, String out, List<String> err) {}

    private static Ran run(CommandLine command, String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
        return new Ran(code, out.toString(), err.toString().lines().toList());
    }

    private static Ran ratematch(String... args) {
        return run(Main.command(), args);
    }

    private static Ran plan(String... more) {
        return ratematch(Stream.concat(PLAN.stream(), Stream.of(more)).toArray(String[]::new));
    }

    @Command(name = "fails")
    private record Fails(Exception exception) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw exception;
        }
    }

    private static Ran failing(Exception exception) {
        return run(Main.command().addSubcommand(new Fails(exception)), "fails");
    }

    @Test
    void theLineThenTheHintThenWhereHelpIs() {
        var option = ratematch("plan", "--modell", "x");
        assertThat(option.code()).isEqualTo(2);
        assertThat(option.err())
                .containsExactly(
                        "Unknown options: '--modell', 'x'",
                        "Did you mean --model?",
                        "See 'ratematch plan --help'.");
        assertThat(ratematch("plam").err())
                .containsExactly(
                        "plam is not a command of ratematch.",
                        "Did you mean plan?",
                        "See 'ratematch --help'.");
        assertThat(ratematch("demo", "--option", "turnhedge=1").err())
                .hasSize(2)
                .first()
                .asString()
                .contains("options.turnhedge", "did you mean \"turnHedge\"?");
        assertThat(ratematch("plan", "--format=xml").err())
                .containsExactly(
                        "--format (xml) must be one of table, json, csv; did you mean csv?",
                        "See 'ratematch plan --help'.");
        assertThat(ratematch("plan", "--gpus=many").err())
                .startsWith("--gpus (many) must be a whole number.");
        assertThat(ratematch("plan", "--rate=fast").err())
                .startsWith("--rate (fast) must be a number.");
        // Where there may be credentials, what was typed is not repeated.
        assertThat(ratematch("recommend", "--format=secret").err())
                .startsWith("--format must be one of text, json; did you mean text?");
    }

    private static List<List<String>> commands(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .flatMap(
                        each ->
                                Stream.concat(
                                        Stream.of(List.of(each.getKey())),
                                        commands(each.getValue()).stream()
                                                .map(
                                                        more ->
                                                                Stream.concat(
                                                                                Stream.of(
                                                                                        each
                                                                                                .getKey()),
                                                                                more.stream())
                                                                        .toList())))
                .toList();
    }

    @Test
    void everyCommandIsShortWhenItRefuses() {
        var commands = commands(Main.command());
        assertThat(commands).hasSizeGreaterThan(20).contains(List.of("experiment", "reuse"));
        for (var names : commands) {
            var args = Stream.concat(names.stream(), Stream.of("--no-such")).toArray(String[]::new);
            var ran = ratematch(args);
            assertThat(ran.code()).as("%s", names).isEqualTo(2);
            assertThat(ran.err())
                    .as("%s", names)
                    .hasSizeBetween(2, 3)
                    .endsWith("See 'ratematch %s --help'.".formatted(String.join(" ", names)));
        }
    }

    @Test
    void whatIsDoneEndsWithZero() {
        assertThat(ratematch("--version").code()).isZero();
        assertThat(ratematch("plan", "--help").code()).isZero();
    }

    @Test
    void whatFailsEndsWithOneLineAndOne(@TempDir Path folder) throws IOException {
        var missing = failing(new NoSuchFileException("no/such"));
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).containsExactly("File no/such does not exist.");
        var full = failing(new UncheckedIOException(new IOException("No space left")));
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.err())
                .containsExactly("A file could not be read or written: No space left");
        var fault = failing(new IllegalStateException("Upside down."));
        assertThat(fault.code()).isEqualTo(1);
        assertThat(fault.err())
                .containsExactly(
                        "ratematch failed: IllegalStateException: Upside down. This is a bug in"
                                + " ratematch; set RATEMATCH_TRACE=1 for a stack trace.");
        var file = Files.writeString(folder.resolve("file"), "");
        var real = plan("--ttft=2s", "--gpus=16", "--emit=vllm", "--out=" + file.resolve("below"));
        assertThat(real.code()).as("%s", real.err()).isEqualTo(1);
    }

    @Test
    void whatIsWrongEndsWithTwo() {
        var wrong = failing(new IllegalArgumentException("x (1) must be 2."));
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err())
                .containsExactly("x (1) must be 2.", "See 'ratematch fails --help'.");
        assertThat(plan("--ttft=2s", "--gpus=-1").code()).isEqualTo(2);
    }

    @Test
    void aPromiseThatNoPlanKeepsEndsWithThree() {
        for (var impossible :
                List.of(
                        plan("--ttft=1ms", "--gpus=16"),
                        plan("--ttft=2s", "--gpus=2", "--decode-parallel=tp8"),
                        plan("--ttft=2s", "--gpus=16", "--rate=5000"),
                        plan("--ttft=50ms", "--rate=5"))) {
            assertThat(impossible.code()).as("%s", impossible.err()).isEqualTo(3);
            assertThat(impossible.err()).hasSize(2).endsWith("See 'ratematch plan --help'.");
            assertThat(impossible.out()).isEmpty();
        }
        assertThat(NoPlan.class).isAssignableTo(IllegalArgumentException.class);
    }

    @Test
    void helpAndTheDocsHaveOneTableOfExitCodes() throws IOException {
        String help = ratematch("--help").out().replaceAll("\\s+", " ");
        String docs = Files.readString(Path.of("../docs/terminal.md"));
        for (var each : ExitCode.values()) {
            assertThat(help).contains("%d %s".formatted(each.code(), each.meaning()));
            assertThat(docs).contains("| %d | %s |".formatted(each.code(), each.meaning()));
        }
    }
}
