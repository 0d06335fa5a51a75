package dev.ratematch.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// A child process with its output in a file. It does not outlive this JVM, however that ends.
public final class Program implements AutoCloseable {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final int TAIL_LINES = 30;

    private final String name;
    private final Path log;
    private final Process process;

    private Program(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /// Starts a command; its output is added to `folder/name.log`.
    public static Program start(
            String name, Path folder, Map<String, String> environment, List<String> command) {
        var log = folder.resolve(name + ".log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            var process = builder.start();
            process.getOutputStream().close();
            Guard.watch(process);
            return new Program(name, log, process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.getFirst(), e);
        }
    }

    /// Runs a command to its end and returns what it printed.
    static String run(Path folder, List<String> command) {
        try {
            var process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        "%s failed: %s".formatted(String.join(" ", command), output));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command.getFirst(), e);
        }
    }

    /// Waits until the program is ready for use, and tells its last words when it never is.
    public Program awaitReady(Duration limit, Callable<Boolean> ready) {
        Await.until(
                limit,
                name + " is ready",
                () -> !process.isAlive() || ready.call(),
                () -> "The end of %s:%n%s".formatted(log, tail()));
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "%s ended with %d at once. The end of %s:%n%s"
                            .formatted(name, process.exitValue(), log, tail()));
        }
        return this;
    }

    public boolean alive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    public Path log() {
        return log;
    }

    /// Memory that it holds, MiB; 0 where the system does not tell it.
    public double residentMebibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid()))).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(kib -> Long.parseLong(kib) / 1024)
                .findFirst()
                .orElse(0);
    }

    /// Sends SIGKILL, as the kernel does to a process out of memory.
    public void kill() {
        process.destroyForcibly();
        awaitEnd(STOP_LIMIT);
    }

    /// Sends SIGTERM, as the kubelet does, and returns the exit code.
    ///
    /// @throws AssertionError when the program has not ended within the limit
    public int terminate(Duration limit) {
        process.destroy();
        if (!awaitEnd(limit)) {
            throw new AssertionError(
                    "%s goes on %d s after SIGTERM. The end of %s:%n%s"
                            .formatted(name, limit.toSeconds(), log, tail()));
        }
        return process.exitValue();
    }

    /// Waits for the program to end by itself, and returns its exit code.
    ///
    /// @throws AssertionError when it has not ended within the limit
    public int ended(Duration limit) {
        if (!awaitEnd(limit)) {
            throw new AssertionError(
                    "%s goes on after %d s. The end of %s:%n%s"
                            .formatted(name, limit.toSeconds(), log, tail()));
        }
        return process.exitValue();
    }

    /// Freezes the program (SIGSTOP): its connections stay open and nothing answers.
    public void freeze() {
        signal("STOP");
    }

    /// Lets a frozen program go on (SIGCONT).
    public void thaw() {
        signal("CONT");
    }

    /// Asks the program to end, and makes it when it does not listen.
    @Override
    public void close() {
        stop(STOP_LIMIT);
    }

    /// As [#close], with less patience.
    void stop(Duration limit) {
        process.destroy();
        if (!awaitEnd(limit)) {
            kill();
        }
    }

    private void signal(String signal) {
        var _ =
                run(
                        log.toAbsolutePath().resolveSibling(""),
                        List.of("kill", "-" + signal, "" + pid()));
    }

    private boolean awaitEnd(Duration limit) {
        try {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (ended) {
                Guard.forget(process);
            }
            return ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String tail() {
        try {
            // Not readString: a program that was killed may have cut a character in two.
            var lines = new String(Files.readAllBytes(log), UTF_8).lines().toList();
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// A shell that reads the ids of our children and, when its input ends because this JVM has,
    /// kills those that are left. A shutdown hook would not run after a SIGKILL.
    private static final class Guard {

        private static final String SCRIPT =
                """
                trap '' INT TERM HUP
                alive=' '
                while read -r sign pid; do
                  case $sign in
                    +) alive="$alive$pid " ;;
                    -) case $alive in *" $pid "*)
                         alive="${alive%%" $pid "*} ${alive#*" $pid "}" ;; esac ;;
                  esac
                done
                [ -z "${alive# }" ] || kill -KILL $alive 2>/dev/null
                """;

        private static final List<Process> GUARD = new ArrayList<>();

        private Guard() {}

        static void watch(Process child) throws IOException {
            synchronized (GUARD) {
                if (GUARD.isEmpty()) {
                    GUARD.add(
                            new ProcessBuilder("sh", "-c", SCRIPT)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                                    .start());
                }
                tell("+ ", child);
            }
        }

        static void forget(Process child) {
            synchronized (GUARD) {
                try {
                    tell("- ", child);
                } catch (IOException e) {
                    throw new UncheckedIOException("the guard of child processes is gone", e);
                }
            }
        }

        private static void tell(String sign, Process child) throws IOException {
            var input = GUARD.getFirst().getOutputStream();
            input.write((sign + child.pid() + "\n").getBytes(UTF_8));
            input.flush();
        }
    }
}
