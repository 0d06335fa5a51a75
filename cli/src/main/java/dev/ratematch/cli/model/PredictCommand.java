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
        if (step.equals("serving")) {
            var serving = new ServingPredictor();
            try (var writer = Files.newBufferedWriter(out)) {
                writer.write(
                        "id,ttft_ms,tpot_ms,rps,alone_ms,burst,one,marg,dfull,d1,pg,dg,ddp,refused\n");
                for (Row row : table.rows()) {
                    try {
                        var l = serving.predict(row);
                        writer.write(
                                String.format(
                                        Locale.ROOT,
                                        "%s,%.4f,%.4f,%.5f,%.4f,%.4f,%s,%n",
                                        row.text("id"),
                                        1000 * l.ttftSeconds(),
                                        1000 * l.tpotSeconds(),
                                        l.requestsPerSecond(),
                                        1000 * l.prefillSeconds(),
                                        1000 * l.burstSeconds(),
                                        java.util.Arrays.stream(serving.features(row))
                                                .mapToObj(x -> "%.4f".formatted(x))
                                                .collect(
                                                        java.util.stream.Collectors.joining(","))));
                    } catch (IllegalArgumentException e) {
                        writer.write(
                                row.text("id")
                                        + ",,,,,,,,,,,,,\""
                                        + String.valueOf(e.getMessage()).replace('"', ' ')
                                        + "\"\n");
                    }
                }
            }
            return 0;
        }
        try (var writer = Files.newBufferedWriter(out)) {
            writer.write("latency_ms,gemm,attn,moe,comm,other,confidence\n");
            for (Row row : table.rows()) {
                List<Operator> ops =
                        step.equals("decode") ? predictor.decode(row) : predictor.prefill(row);
                double[] parts = new double[5];
                for (Operator op : ops) {
                    parts[List.of(Operator.Part.values()).indexOf(op.part())] +=
                            op.total().micros() / 1000;
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
