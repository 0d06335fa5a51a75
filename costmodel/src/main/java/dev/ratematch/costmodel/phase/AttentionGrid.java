package dev.ratematch.costmodel.phase;

/// A latency over batch and length, sampled on two and four nodes per octave and bilinear between
/// them, so that the cell is found from the bits of the arguments.
final class AttentionGrid {

    private static final int BATCH_OCTAVES = 12;
    private static final int LENGTH_OCTAVES = 20;
    private static final int ROWS = 2 * BATCH_OCTAVES + 1;
    private static final int COLUMNS = 4 * LENGTH_OCTAVES + 1;

    private final double[] values;

    private AttentionGrid(double[] values) {
        this.values = values;
    }

    /// A latency of a batch of equal lengths.
    interface Latency {
        /// Microseconds.
        double micros(double batch, double length);
    }

    /// Samples batches from 1 to 4,096 and lengths from 1 to 1 M tokens.
    static AttentionGrid sample(Latency latency) {
        double[] values = new double[ROWS * COLUMNS];
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < COLUMNS; c++) {
                values[r * COLUMNS + c] = latency.micros(node(r, 2), node(c, 4));
            }
        }
        return new AttentionGrid(values);
    }

    /// Latency, microseconds; below a batch or length of one that of one, beyond the ends along the
    /// last slope.
    double at(double batch, double length) {
        double b = Math.max(1, batch);
        double s = Math.max(1, length);
        int r = Math.min(ROWS - 2, index(b, 2));
        int c = Math.min(COLUMNS - 2, index(s, 4));
        double low = node(r, 2);
        double left = node(c, 4);
        double y = (b - low) / (node(r + 1, 2) - low);
        double x = (s - left) / (node(c + 1, 4) - left);
        int i = r * COLUMNS + c;
        double first = values[i] + x * (values[i + 1] - values[i]);
        int j = i + COLUMNS;
        double second = values[j] + x * (values[j + 1] - values[j]);
        return first + y * (second - first);
    }

    private static int index(double x, int perOctave) {
        int octave = Math.getExponent(x);
        return perOctave * octave + (int) ((Math.scalb(x, -octave) - 1) * perOctave);
    }

    private static double node(int i, int perOctave) {
        return Math.scalb(1 + (i % perOctave) / (double) perOctave, i / perOctave);
    }
}
