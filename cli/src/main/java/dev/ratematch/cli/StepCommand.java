package dev.ratematch.cli;

import dev.ratematch.controller.filter.StepFilter;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// The controller as a filter, for hosts that are not ours.
@Command(
        name = "step",
        mixinStandardHelpOptions = true,
        description = {
            "Decides as a filter: one JSON line in, one JSON line out, flushed at once.",
            "The first line describes the service, every further line is a snapshot of it."
                    + " Protocol: docs/step.md."
        },
        footer = {
            "",
            "Example:",
            "  printf '%%s\\n' \\",
            "    '{\"ratematch\":1,\"model\":\"llama-3.1-70b\",\"gpu\":\"b200\","
                    + "\"slo\":{\"ttft_ms\":2000,\"itl_ms\":30},\"budget_gpus\":32}' \\",
            "    '{\"at_s\":0}' | ratematch step",
            "",
            "A line that cannot be used is answered by {\"line\":n,\"error\":\"...\"} and changes"
                    + " nothing.",
            "Exit code: 0 at the end of input; 1 when the output cannot be written."
        })
public final class StepCommand implements Callable<Integer> {

    @Override
    public Integer call() throws IOException {
        return filter(
                new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    }

    /// Answers every line until the input ends.
    static int filter(InputStream input, OutputStream output) throws IOException {
        var in = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        var out = new BufferedWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8));
        var filter = new StepFilter();
        String line = in.readLine();
        while (line != null) {
            out.write(filter.line(line));
            out.write('\n');
            out.flush();
            line = in.readLine();
        }
        return 0;
    }
}
