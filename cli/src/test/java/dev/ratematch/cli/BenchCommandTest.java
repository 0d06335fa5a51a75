package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Test
    void printsOneFigureALineWithItsUnit() {
        assertThat(run("--seconds", "0.01")).isZero();
        assertThat(out.toString().lines())
                .allMatch(line -> line.matches("[^:]+: \\d+(\\.\\d+)? [^ ]+( points/s)?"))
                .anyMatch(line -> line.matches("simulated requests: .* requests/s"))
                .anyMatch(line -> line.matches("simulated iterations: .* iterations/s"))
                .anyMatch(line -> line.matches("control steps at 32 GPUs: .* steps/s"))
                .anyMatch(line -> line.matches("plan at 1152 GPUs: .* us"));
    }

    @Test
    void refusesATimeThatMeasuresNothing() {
        assertThat(run("--seconds", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--seconds (0.0) must be between 0.01 and 600.0");
    }

    @Test
    void printsTheFiguresOfTheCostModelOnRequest() {
        assertThat(run("--model", "--seconds", "0.01", "--forks", "0")).isZero();
        assertThat(out.toString().lines())
                .allMatch(line -> line.matches("[a-z0-9_]+: [0-9.e]+ (1/s|ms)"))
                .anyMatch(line -> line.startsWith("design_points_per_s_2_threads: "))
                .anyMatch(line -> line.startsWith("compile_300: "))
                .anyMatch(line -> line.startsWith("plan_72_warm: "))
                .anyMatch(line -> line.startsWith("plan_1152_cold: "));
    }

    @Test
    void refusesForksThatCannotBe() {
        assertThat(run("--model", "--forks", "-1")).isEqualTo(2);
        assertThat(err.toString()).contains("--forks (-1) must be between 0 and 10");
    }
}
