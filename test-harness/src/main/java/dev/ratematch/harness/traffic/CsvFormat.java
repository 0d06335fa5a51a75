package dev.ratematch.harness.traffic;

import java.util.List;

/// Comma-separated traces whose arrival is a plain number: BurstGPT in both variants, Mooncake's
/// columns, Vidur, ServeGen resampled, and our own.
final class CsvFormat implements RowFormat {

    /// What tells the families apart.
    ///
    /// @param name for reports
    /// @param time the column of arrivals
    /// @param input name of the column of input lengths
    /// @param output name of the column of output lengths
    /// @param zeroOutputIsFailure whether an output of 0 tokens marks a failed request
    record Family(
            String name, TimeAxis time, String input, String output, boolean zeroOutputIsFailure) {}

    /// Most telling names first.
    static final List<Family> FAMILIES =
            List.of(
                    // BurstGPT_3 has two more columns, which stand anywhere.
                    new Family(
                            "burstgpt",
                            TimeAxis.usual("Timestamp", ClockUnit.SECONDS),
                            "Request tokens",
                            "Response tokens",
                            true),
                    new Family(
                            "mooncake-csv",
                            TimeAxis.usual("timestamp", ClockUnit.MILLISECONDS),
                            "input_length",
                            "output_length",
                            false),
                    new Family(
                            "vidur",
                            TimeAxis.usual("arrived_at", ClockUnit.SECONDS),
                            "num_prefill_tokens",
                            "num_decode_tokens",
                            false),
                    // A client column is ignored; the aibrix trace lacks it.
                    new Family(
                            "servegen",
                            new TimeAxis(
                                    "arrival_ms",
                                    ClockUnit.MILLISECONDS,
                                    TimeAxis.Certainty.NAMED,
                                    true),
                            "input_tokens",
                            "output_tokens",
                            false),
                    // Ours, from the start of the trace, with an optional `segment`.
                    new Family(
                            "ratematch",
                            new TimeAxis(
                                    "arrival_s",
                                    ClockUnit.SECONDS,
                                    TimeAxis.Certainty.NAMED,
                                    false),
                            "input_tokens",
                            "output_tokens",
                            false));

    private final Family family;
    private final Fields fields;
    private final int time;
    private final int input;
    private final int output;
    private final int segment;

    CsvFormat(Family family, String header) {
        this.family = family;
        fields = new Fields(header);
        time = fields.column(family.time().column());
        input = fields.column(family.input());
        output = fields.column(family.output());
        segment = fields.column("segment");
    }

    /// Whether a header is of this family.
    static boolean matches(Family family, String header) {
        var fields = new Fields(header);
        return fields.column(family.time().column()) >= 0
                && fields.column(family.input()) >= 0
                && fields.column(family.output()) >= 0;
    }

    @Override
    public String name() {
        return family.name();
    }

    @Override
    public TimeAxis time() {
        return family.time();
    }

    @Override
    public void read(String line, long number, Rows rows) throws BadRow {
        fields.set(line);
        var at = fields.stamp(time);
        int outputTokens = fields.tokens(output, family.zeroOutputIsFailure() ? 0 : 1);
        if (outputTokens == 0) {
            rows.addFailure();
            return;
        }
        int inputTokens = fields.tokens(input, 1);
        String name = segment < 0 ? "" : fields.text(segment);
        rows.add(
                new Row(number, at, inputTokens, outputTokens, Row.NO_IDS, name),
                family.time().column(),
                fields.text(time));
    }
}
