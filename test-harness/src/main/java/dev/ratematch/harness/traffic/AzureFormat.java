package dev.ratematch.harness.traffic;

/// Azure LLM inference traces (2023 and 2024): `TIMESTAMP,ContextTokens,GeneratedTokens`,
/// wall-clock times with up to nine decimals.
final class AzureFormat implements RowFormat {

    private static final String TIME = "TIMESTAMP";

    private final WallClock clock = new WallClock(TIME);
    private final Fields fields;
    private final int time;
    private final int input;
    private final int output;

    AzureFormat(String header) {
        fields = new Fields(header);
        time = fields.column(TIME);
        input = fields.column("ContextTokens");
        output = fields.column("GeneratedTokens");
    }

    static boolean matches(String header) {
        var fields = new Fields(header);
        return fields.column(TIME) >= 0
                && fields.column("ContextTokens") >= 0
                && fields.column("GeneratedTokens") >= 0;
    }

    @Override
    public String name() {
        return "azure";
    }

    @Override
    public TimeAxis time() {
        return TimeAxis.wall(TIME);
    }

    @Override
    public void read(String line, long number, Rows rows) throws BadRow {
        fields.set(line);
        String text = fields.text(time);
        rows.add(
                new Row(
                        number,
                        clock.stamp(text),
                        fields.tokens(input, 1),
                        fields.tokens(output, 1),
                        Row.NO_IDS,
                        ""),
                TIME,
                text);
    }
}
