package dev.ratematch.cli;

import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.dashboards.console.Access;
import dev.ratematch.dashboards.console.Console;
import dev.ratematch.dashboards.console.ConsoleServer;
import dev.ratematch.harness.bench.ControlSteps;
import dev.ratematch.harness.judge.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// What open consoles cost a host: the same control steps, at the same pace, in turns with nobody
/// and with fifty readers, who sit on the same machine and take its time too.
///
/// @param seconds to spend on each turn
record ConsoleBench(double seconds) {

    private static final int READERS = 50;
    private static final int GPUS = 32;
    private static final int TURNS = 6;

    /// Between a demo, which decides eight times a second at its usual speed, and an operator,
    /// which looks at a service every 15 s: a cycle is rendered and sent before the next one.
    private static final long PACE_NANOS = 250_000_000;

    private static final int STEPS_MIN = 20;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double KIB = 1024;
    private static final double MIB = KIB * KIB;
    private static final double TAIL = 0.95;

    /// A day of cycles at 15 s.
    private static final int CYCLES = 5760;

    private static final int SERVICES = 4;
    private static final int FLEET = 200;

    /// Readers of one service's stream.
    private static final class Readers implements AutoCloseable {

        private final List<Socket> sockets = new ArrayList<>();

        Readers(int port, int count, AtomicLong bytes) {
            String request =
                    "GET /api/events?id=bench HTTP/1.1\r\nHost: localhost:%d\r\n\r\n"
                            .formatted(port);
            try {
                for (int i = 0; i < count; i++) {
                    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
                    sockets.add(socket);
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                    Thread.ofVirtual().start(() -> read(socket, bytes));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void read(Socket socket, AtomicLong bytes) {
            byte[] buffer = new byte[1 << 16];
            try (var in = socket.getInputStream()) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    bytes.addAndGet(n);
                }
            } catch (IOException e) {
                // The turn is over.
            }
        }

        @Override
        public void close() {
            for (var socket : sockets) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /// One figure a line.
    List<String> lines(Progress progress) {
        var lines = new ArrayList<String>();
        latency(lines, progress);
        memory(lines, progress);
        return lines;
    }

    private void latency(List<String> lines, Progress progress) {
        var steps = new ControlSteps(GPUS);
        var ledger = new LiveLedger();
        var console = new Console(Access.LOCAL, "bench", false, 0);
        var bytes = new AtomicLong();
        int count = (int) Math.max(STEPS_MIN, seconds * 1e9 / PACE_NANOS);
        var alone = new ArrayList<double[]>();
        var watched = new ArrayList<double[]>();
        try (var server = new ConsoleServer(console, Access.LOCAL, "127.0.0.1", 0)) {
            turn(steps, ledger, console, count);
            for (int turn = 0; turn < TURNS; turn++) {
                progress.at("latency", (double) turn / TURNS);
                alone.add(turn(steps, ledger, console, count));
                try (var _ = new Readers(server.port(), READERS, bytes)) {
                    watched.add(turn(steps, ledger, console, count));
                }
            }
        }
        for (double share : new double[] {0.5, TAIL}) {
            double without = median(alone, share);
            double with = median(watched, share);
            String name = "control step, p%.0f".formatted(100 * share);
            lines.add(line(name + ", nobody looks", without, "us"));
            lines.add(line(name + ", %d consoles".formatted(READERS), with, "us"));
            lines.add(line(name + ", ratio", with / without, "times"));
        }
        double events = (double) TURNS * count * READERS;
        lines.add(line("sent to a console with each cycle", bytes.get() / events / KIB, "KiB"));
    }

    /// One turn: latencies of its steps, microseconds, sorted.
    private static double[] turn(
            ControlSteps steps, LiveLedger ledger, Console console, int count) {
        double[] micros = new double[count];
        long due = System.nanoTime();
        for (int i = 0; i < count; i++) {
            due += PACE_NANOS;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            long began = System.nanoTime();
            var cycle = steps.step(i);
            var record = ledger.cycle(steps.service(), cycle);
            console.cycle("", "bench", steps.service(), cycle, record);
            micros[i] = (System.nanoTime() - began) / NANOS_PER_MICRO;
        }
        Arrays.sort(micros);
        return micros;
    }

    private static double median(List<double[]> turns, double share) {
        double[] all =
                turns.stream()
                        .mapToDouble(
                                turn -> turn[(int) Math.min(turn.length - 1, share * turn.length)])
                        .sorted()
                        .toArray();
        return all[all.length / 2];
    }

    /// A day of some services, each with cycles of its own.
    private static void memory(List<String> lines, Progress progress) {
        var steps = new ControlSteps(GPUS);
        var console = new Console(Access.LOCAL, "bench", false, 0);
        long before = used();
        try {
            for (int i = 0; i < SERVICES; i++) {
                progress.at("memory", (double) i / SERVICES);
                day(steps, console, "service-" + i);
            }
            double each = (double) (used() - before) / SERVICES;
            lines.add(line("memory of a day of one service", each / KIB, "KiB"));
            lines.add(line("the same of %d services".formatted(FLEET), FLEET * each / MIB, "MiB"));
        } finally {
            // Not collected before it was weighed.
            Reference.reachabilityFence(console);
        }
    }

    private static void day(ControlSteps steps, Console console, String name) {
        var service = steps.service();
        var ledger = new LiveLedger();
        steps.run(
                CYCLES,
                cycle -> console.cycle("", name, service, cycle, ledger.cycle(service, cycle)));
    }

    private static long used() {
        var runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static String line(String name, double value, String unit) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%s: %.0f %s" : "%s: %.3g %s", name, value, unit);
    }
}
