package dev.ratematch.cli.model;

import dev.ratematch.cli.table.Row;
import dev.ratematch.cli.table.Table;
import dev.ratematch.costmodel.phase.ForwardPass;
import dev.ratematch.costmodel.phase.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "predict", mixinStandardHelpOptions = true)
public final class PredictCommand implements Callable<Integer> {

    @Option(names = "--in", required = true)
    @SuppressWarnings("NullAway.Init")
    private String in;

    @Option(names = "--out", required = true)
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Option(names = "--step", required = true)
    @SuppressWarnings("NullAway.Init")
    private String step;

    @Override
    public Integer call() throws IOException {
        var table = Table.read(in);
        var predictor = new StepPredictor();
        try (var writer = Files.newBufferedWriter(out)) {
            writer.write("latency_ms,gemm,attn,moe,comm,other,confidence\n");
            for (Row row : table.rows()) {
                List<Operator> ops =
                        step.equals("decode") ? predictor.decode(row) : predictor.prefill(row);
                double[] parts = new double[5];
                for (Operator op : ops) {
                    parts[op.part().ordinal()] += op.total().micros() / 1000;
                }
                writer.write(
                        String.format(
                                Locale.ROOT,
                                "%.5f,%.5f,%.5f,%.5f,%.5f,%.5f,%s%n",
                                ForwardPass.micros(ops) / 1000,
                                parts[0],
                                parts[1],
                                parts[2],
                                parts[3],
                                parts[4],
                                ForwardPass.confidence(ops)));
            }
        }
        return 0;
    }
}
