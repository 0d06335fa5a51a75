package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PlanWorkersTest {

    private static final String GOOD =
            "role,name,gpus,requests_per_s\nprefill,tp4,4,10\nprefill,tp1,1,2.4\ndecode,dep8,8,9\n";

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int plan(String text, String gpus, String... more) throws IOException {
        var file = Files.writeString(folder.resolve("workers.csv"), text);
        var command = new CommandLine(new PlanCommand());
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] args = new String[4 + more.length];
        args[0] = "--workers";
        args[1] = file.toString();
        args[2] = "--gpus";
        args[3] = gpus;
        System.arraycopy(more, 0, args, 4, more.length);
        return command.execute(args);
    }

    private void refuses(String text, String gpus, String... parts) throws IOException {
        assertThat(plan(text, gpus)).isEqualTo(2);
        assertThat(err.toString()).contains(parts);
        assertThat(out.toString()).isEmpty();
        err.getBuffer().setLength(0);
    }

    @Test
    void mixesKindsWithinARole() throws IOException {
        assertThat(plan(GOOD, "40", "--format", "json")).isZero();
        var root = new ObjectMapper().readTree(out.toString());
        assertThat(root.get("served_requests_per_s").asDouble()).isEqualTo(27);
        assertThat(root.get("limiting_role").asText()).isEqualTo("decode");
        assertThat(root.get("workers").get(0).get("replicas").asInt()).isEqualTo(2);
        assertThat(root.get("workers").get(1).get("replicas").asInt()).isEqualTo(3);
        assertThat(root.get("workers").get(2).get("replicas").asInt()).isEqualTo(3);
        assertThat(root.get("idle_gpus").asInt()).isEqualTo(5);
        assertThat(root.get("lp_bound_requests_per_s").asDouble()).isBetween(27.0, 40.0);
        assertThat(root.get("loss_percent").asDouble()).isBetween(0.0, 30.0);
    }

    @Test
    void readsWindowsLinesSpacesAndColumnsInAnyOrder() throws IOException {
        String text =
                String.join(
                        "\r\n",
                        "\uFEFFname , gpus,Role,requests_per_s,note",
                        "",
                        " \"a, b\" , 4 ,Prefill, 10,x",
                        "d,8,decode,9e0,");
        assertThat(plan(text, "12", "--format", "csv")).isZero();
        assertThat(out.toString()).contains("prefill,\"a, b\",4,10.0,1,9.0,decode,");
    }

    @Test
    void printsATableForPeople() throws IOException {
        assertThat(plan(GOOD, "40")).isZero();
        assertThat(out.toString())
                .contains(
                        "27.00 requests/s on 40 GPUs", "decode limits", "LP bound", "idle GPUs: 5");
    }

    @Test
    void refusesWhatIsWrongByLineAndField() throws IOException {
        String head = "role,name,gpus,requests_per_s\n";
        String pair = "prefill,a,1,1\ndecode,b,1,1\n";
        refuses(head + pair + "prefil,c,1,1\n", "8", "line 4", "\"prefil\"", "\"prefill\"");
        refuses("role,name,gpus\nprefill,a,1\n", "8", "no column \"requests_per_s\"");
        refuses(head + pair + "decode,c,1,NaN\n", "8", "line 4", "requests_per_s (NaN)");
        refuses(head + pair + "decode,c,1,-3\n", "8", "requests_per_s (-3)", "greater than 0");
        refuses(head + pair + "decode,c,0,1\n", "8", "gpus (0)");
        refuses(head + pair + "decode,c,1.5,1\n", "8", "gpus (1.5)", "whole");
        refuses(head + pair + "decode,c,two,1\n", "8", "gpus (two)", "number");
        refuses(head + pair + "decode,b,2,1\n", "8", "line 4", "name (b)", "line 3");
        refuses(head + "prefill,a,1,1\n", "8", "no decode worker");
        refuses(head + pair + "decode,c\n", "8", "line 4", "2 fields", "4");
        refuses("", "8", "is empty");
        refuses(GOOD, "1", "--gpus (1)");
        refuses(GOOD, "5", "--gpus (5)", "4 more are needed");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        var command = new CommandLine(new PlanCommand());
        command.setErr(new PrintWriter(err, true));
        assertThat(command.execute("--workers", "no/such.csv", "--gpus", "8")).isEqualTo(2);
        assertThat(err.toString()).contains("no/such.csv", "does not exist");
    }

    @Test
    void refusesAFileThatIsNoText() throws IOException {
        var file = Files.write(folder.resolve("w.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        var command = new CommandLine(new PlanCommand());
        command.setErr(new PrintWriter(err, true));
        assertThat(command.execute("--workers", file.toString(), "--gpus", "8")).isEqualTo(2);
        assertThat(command.execute("--workers", folder.toString(), "--gpus", "8")).isEqualTo(1);
        assertThat(err.toString()).contains("must be UTF-8 text", "A file could not");
    }
}
