package dev.ratematch.harness.exposition;

import dev.ratematch.harness.sim.Histogram;

/// Writes the Prometheus text format.
final class ExpositionText {

    private final StringBuilder out = new StringBuilder(16_384);
    private String labels;

    /// @param labels label pairs that every sample carries, without braces
    ExpositionText(String labels) {
        this.labels = labels;
    }

    /// From here on samples carry these instead.
    void labels(String others) {
        labels = others;
    }

    void type(String family, String type) {
        out.append("# TYPE ").append(family).append(' ').append(type).append('\n');
    }

    void gauge(String name, double value) {
        type(name, "gauge");
        sample(name, "", value);
    }

    void gauge(String name, long value) {
        gauge(name, (double) value);
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
        buckets(family, "", histogram);
    }

    /// One of several series of a histogram.
    void buckets(String family, String moreLabels, Histogram histogram) {
        var bounds = histogram.bounds();
        long[] cumulative = histogram.cumulative();
        String more = moreLabels.isEmpty() ? "" : "," + moreLabels;
        String head = family + "_bucket{" + labels + more + ",le=\"";
        for (int i = 0; i < cumulative.length; i++) {
            out.append(head).append(i < bounds.size() ? bounds.text(i) : "+Inf");
            out.append("\"} ").append(cumulative[i]).append('\n');
        }
        sample(family + "_count", moreLabels, histogram.count());
        sample(family + "_sum", moreLabels, histogram.sum());
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
