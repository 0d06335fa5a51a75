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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The controller as a filter, for hosts that are not ours.
@Command(
        name = "step",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Reads one JSON line per cycle from standard input and answers each with one "
                    + "JSON line, at once.",
            "The first line describes the service, each later line is a snapshot of it. "
                    + "Protocol: docs/step.md.",
            "If --service or the options describe the service, all lines are snapshots.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  printf '%%s\\n' \\",
            "    '{\"ratematch\":1,\"model\":\"llama-3.1-70b\",\"gpu\":\"b200\","
                    + "\"slo\":{\"ttft_ms\":2000,\"itl_ms\":30},\"budget_gpus\":32}' \\",
            "    '{\"at_s\":0}' | ratematch step",
            "",
            "  ratematch step --service chat.yaml < snapshots.jsonl",
            "",
            "An unusable line is answered with {\"line\":n,\"error\":\"...\"} and changes "
                    + "nothing.",
            "Exit codes: 0 end of input; 1 the output cannot be written; 2 the service or "
                    + "an option is wrong."
        })
public final class StepCommand implements Callable<Integer> {

    @Mixin private ServiceOptions service = new ServiceOptions();

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "Serving engine: vllm, sglang, trtllm or dynamo. Default: vllm.")
    private String engine = "";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        return filter(
                begun(),
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out));
    }

    /// A filter that knows the service already, where one is given.
    StepFilter begun() {
        var filter = new StepFilter();
        if (spec.commandLine().getParseResult().matchedOptions().isEmpty()) {
            return filter;
        }
        try {
            var err = spec.commandLine().getErr();
            var given = service.filled(engine);
            given.request("step", _ -> true, err::println);
            filter.begin(given.fields()).forEach(warning -> err.printf("Warning: %s%n", warning));
            err.flush();
            return filter;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /// Answers every line until the input ends.
    static int filter(StepFilter filter, InputStream input, OutputStream output)
            throws IOException {
        var in = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        var out = new BufferedWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8));
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
