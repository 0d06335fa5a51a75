package dev.ratematch.harness.traffic;

/// Comma-separated traces whose arrival is a plain number: BurstGPT in both variants, ServeGen
/// resampled, and our own.
final class CsvFormat implements RowFormat {

    /// What tells the families apart.
    ///
    /// @param name for reports
    /// @param time name of the arrival's column
    /// @param unitNanos length of one unit of it
    /// @param unit that unit in words
    /// @param input name of the column of input lengths
    /// @param output name of the column of output lengths
    /// @param zeroOutputIsFailure whether an output of 0 tokens marks a failed request
    /// @param startsAtFirstRow see [RowFormat#startsAtFirstRow()]
    record Family(
            String name,
            String time,
            long unitNanos,
            String unit,
            String input,
            String output,
            boolean zeroOutputIsFailure,
            boolean startsAtFirstRow) {}

    /// Seconds; BurstGPT_3 has two more columns, which stand anywhere.
    static final Family BURST_GPT =
            new Family(
                    "burstgpt",
                    "Timestamp",
                    1_000_000_000L,
                    "seconds",
                    "Request tokens",
                    "Response tokens",
                    true,
                    true);

    /// Milliseconds, a client column ignored. The aibrix trace lacks the client.
    static final Family SERVEGEN =
            new Family(
                    "servegen",
                    "arrival_ms",
                    1_000_000L,
                    "milliseconds",
                    "input_tokens",
                    "output_tokens",
                    false,
                    true);

    /// Ours: seconds from the start of the trace, an optional `segment`.
    static final Family OWN =
            new Family(
                    "ratematch",
                    "arrival_s",
                    1_000_000_000L,
                    "seconds",
                    "input_tokens",
                    "output_tokens",
                    false,
                    false);

    private final Family family;
    private final Fields fields;
    private final int time;
    private final int input;
    private final int output;
    private final int segment;

    CsvFormat(Family family, String header) {
        this.family = family;
        fields = new Fields(header);
        time = fields.column(family.time());
        input = fields.column(family.input());
        output = fields.column(family.output());
        segment = fields.column("segment");
    }

    /// Whether a header is of this family.
    static boolean matches(Family family, String header) {
        var names = Fields.split(header);
        return names.contains(family.time())
                && names.contains(family.input())
                && names.contains(family.output());
    }

    @Override
    public String name() {
        return family.name();
    }

    @Override
    public boolean startsAtFirstRow() {
        return family.startsAtFirstRow();
    }

    @Override
    public void read(String line, Rows rows) throws BadRow {
        fields.set(line);
        long atNanos = fields.nanos(time, family.unitNanos(), family.unit());
        int outputTokens = fields.tokens(output, family.zeroOutputIsFailure() ? 0 : 1);
        if (outputTokens == 0) {
            rows.addFailure();
            return;
        }
        rows.add(
                family.time(),
                fields.text(time),
                atNanos,
                fields.tokens(input, 1),
                outputTokens,
                Request.NONE,
                segment < 0 ? "" : fields.text(segment),
                this);
    }
}
