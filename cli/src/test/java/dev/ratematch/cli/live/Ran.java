package dev.ratematch.cli.live;

import dev.ratematch.cli.WrongLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/// A command that has run.
record Ran(int code, String out, String err) {

    static Ran doctor(List<String> source, String... more) {
        return run(new CommandLine(new DoctorCommand()), source, more);
    }

    static Ran recommend(List<String> source, String... more) {
        return run(new CommandLine(new RecommendCommand()), source, more);
    }

    private static Ran run(CommandLine command, List<String> source, String... more) {
        var out = new StringWriter();
        var err = new StringWriter();
        var args = new ArrayList<>(source);
        args.addAll(List.of(more));
        int code =
                command.setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .setParameterExceptionHandler(new WrongLine())
                        .execute(args.toArray(new String[0]));
        return new Ran(code, out.toString(), err.toString());
    }
}
