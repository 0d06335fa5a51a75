package dev.ratematch.harness.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A line chart over time as inline SVG.
final class Chart {

    private static final int WIDTH = 960;
    private static final int HEIGHT = 190;
    private static final int LEFT = 56;
    private static final int RIGHT = 12;
    private static final int TOP = 10;
    private static final int BOTTOM = 24;
    private static final int TICKS = 4;

    private final String title;
    private final String unit;
    private final double seconds;
    private final double top;
    private final StringBuilder body = new StringBuilder();
    private final List<String> legend = new ArrayList<>();

    /// @param seconds length of the time axis
    /// @param top upper end of the value axis; values above it are cut off
    Chart(String title, String unit, double seconds, double top) {
        this.title = title;
        this.unit = unit;
        this.seconds = Math.max(1, seconds);
        this.top = top > 0 ? top : 1;
    }

    private double x(double at) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.clamp(at / seconds, 0, 1);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.clamp(value / top, 0, 1);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /// Adds a series; gaps where a value is NaN.
    Chart line(String name, String colour, double[] at, double[] values) {
        var path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < at.length; i++) {
            if (Double.isNaN(values[i])) {
                pen = false;
                continue;
            }
            path.append(pen ? 'L' : 'M').append(number(x(at[i]))).append(' ');
            path.append(number(y(values[i])));
            pen = true;
        }
        body.append(
                "<path fill='none' stroke-width='1.6' stroke='%s' d='%s'/>"
                        .formatted(colour, path));
        legend.add("<span style='color:%s'>&#9632; %s</span>".formatted(colour, name));
        return this;
    }

    /// Adds a dashed level, such as a promise.
    Chart level(String name, double value) {
        body.append(
                "<line class='level' x1='%d' x2='%d' y1='%s' y2='%s'/>"
                        .formatted(LEFT, WIDTH - RIGHT, number(y(value)), number(y(value))));
        legend.add("<span class='muted'>- - %s</span>".formatted(name));
        return this;
    }

    /// Marks instants with a note that shows on hover.
    Chart marks(double[] at, String[] notes) {
        for (int i = 0; i < at.length; i++) {
            String x = number(x(at[i]));
            body.append(
                    "<g class='mark'><line x1='%s' x2='%s' y1='%d' y2='%d'/>"
                            .formatted(x, x, TOP, HEIGHT - BOTTOM));
            body.append(
                    "<circle cx='%s' cy='%d' r='4'/><title>%.0f s: %s</title></g>"
                            .formatted(x, TOP + 4, at[i], Html.escape(notes[i])));
        }
        return this;
    }

    String svg() {
        var out = new StringBuilder();
        out.append(
                "<figure><figcaption>%s <span class='muted'>%s</span> &nbsp; %s</figcaption>"
                        .formatted(title, unit, String.join(" &nbsp; ", legend)));
        out.append(
                "<svg viewBox='0 0 %d %d' role='img' aria-label='%s'>"
                        .formatted(WIDTH, HEIGHT, title));
        for (int i = 0; i <= TICKS; i++) {
            double value = top * i / TICKS;
            out.append(
                    "<line class='grid' x1='%d' x2='%d' y1='%s' y2='%s'/>"
                            .formatted(LEFT, WIDTH - RIGHT, number(y(value)), number(y(value))));
            out.append(
                    "<text x='%d' y='%s' text-anchor='end'>%s</text>"
                            .formatted(LEFT - 6, number(y(value) + 4), label(value)));
        }
        for (int i = 0; i <= TICKS * 2; i++) {
            double at = seconds * i / (TICKS * 2);
            // The last label ends where the axis does, so that it is not cut off.
            String anchor = i == TICKS * 2 ? "end" : "middle";
            out.append(
                    "<text x='%s' y='%d' text-anchor='%s'>%s</text>"
                            .formatted(number(x(at)), HEIGHT - 6, anchor, clock(at)));
        }
        return out.append(body).append("</svg></figure>").toString();
    }

    private static String label(double value) {
        return String.format(Locale.ROOT, value >= 100 || value == 0 ? "%.0f" : "%.3g", value);
    }

    private static String clock(double at) {
        long minutes = Math.round(at / 60);
        return minutes >= 180
                ? String.format(Locale.ROOT, "%dh%02d", minutes / 60, minutes % 60)
                : minutes + " min";
    }
}
