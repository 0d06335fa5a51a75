package dev.ratematch.harness.cluster;

import dev.ratematch.harness.sim.Histogram;

/// Writes the Prometheus text format.
final class ExpositionText {

    private final StringBuilder out = new StringBuilder(16_384);
    private final String labels;

    /// @param labels label pairs that every sample carries, without braces
    ExpositionText(String labels) {
        this.labels = labels;
    }

    void type(String family, String type) {
        out.append("# TYPE ").append(family).append(' ').append(type).append('\n');
    }

    void gauge(String name, double value) {
        type(name, "gauge");
        sample(name, "", value);
    }

    void counter(String name, long value) {
        type(name, "counter");
        sample(name, "", value);
    }

    void sample(String name, String moreLabels, double value) {
        out.append(name).append('{').append(labels);
        if (!moreLabels.isEmpty()) {
            out.append(',').append(moreLabels);
        }
        out.append("} ");
        number(value);
        out.append('\n');
    }

    void sample(String name, String moreLabels, long value) {
        sample(name, moreLabels, (double) value);
    }

    void histogram(String family, Histogram histogram) {
        type(family, "histogram");
        double[] bounds = histogram.bounds();
        long[] cumulative = histogram.cumulative();
        for (int i = 0; i < cumulative.length; i++) {
            out.append(family).append("_bucket{").append(labels).append(",le=\"");
            if (i < bounds.length) {
                number(bounds[i]);
            } else {
                out.append("+Inf");
            }
            out.append("\"} ").append(cumulative[i]).append('\n');
        }
        sample(family + "_count", "", histogram.count());
        sample(family + "_sum", "", histogram.sum());
    }

    private void number(double value) {
        long whole = (long) value;
        if (whole == value) {
            out.append(whole);
        } else {
            out.append(value);
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
