package dev.ratematch.experiments.render;

import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Line;
import dev.ratematch.experiments.findings.Picture.Lines;
import dev.ratematch.experiments.findings.Picture.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Pictures as SVG that stands alone: it follows the reader's light or dark setting, tells lines
/// apart by dashes as well as by colour, and takes colours that the colour-blind can tell apart
/// (Okabe and Ito, 2008), lighter ones on dark.
public final class Svg {

    private static final int WIDTH = 860;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 56;
    private static final int LEGEND_ROW = 20;
    private static final int LEGEND_COLUMNS = 3;
    private static final int FEW_POINTS = 16;

    private static final String STYLE =
            """
            <style>.t{font:12px system-ui,sans-serif;fill:#4a5560}.h{font:600 15px system-ui,sans-serif;\
            fill:#1b1f24}.g{stroke:#dfe4e8}.v{stroke:#68727d;stroke-dasharray:2 4}\
            .s0{stroke:#0072b2;color:#0072b2}.s1{stroke:#d55e00;color:#d55e00}\
            .s2{stroke:#009e73;color:#009e73}.s3{stroke:#a5528a;color:#a5528a}\
            .s4{stroke:#b07800;color:#b07800}.s5{stroke:#333;color:#333}.n{fill:currentColor;stroke:none}\
            @media(prefers-color-scheme:dark){.t{fill:#aab4be}.h{fill:#e8eaed}.g{stroke:#2f373e}\
            .v{stroke:#9aa4ae}.s0{stroke:#56b4e9;color:#56b4e9}.s1{stroke:#ff8c42;color:#ff8c42}\
            .s2{stroke:#2fc79b;color:#2fc79b}.s3{stroke:#e0a0c8;color:#e0a0c8}\
            .s4{stroke:#f0e442;color:#f0e442}.s5{stroke:#ddd;color:#ddd}}</style>\
            """;

    private static final List<String> DASHES =
            List.of("none", "7 3", "2 3", "9 3 2 3", "12 4", "4 2");

    private Svg() {}

    /// A picture.
    public static String of(Picture picture) {
        return switch (picture) {
            case Lines lines -> lines(lines);
            case Picture.Map map -> MapSvg.of(map);
        };
    }

    /// The head of a picture of that size, with its title.
    static StringBuilder begin(String title, int width, int height) {
        var out = new StringBuilder();
        out.append(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' role='img' aria-label='%s'>"
                        .formatted(width, height, escape(title)));
        out.append(STYLE);
        return out.append(text("h", LEFT, 22, "start", title));
    }

    private static String lines(Lines picture) {
        int rows =
                (picture.lines().size() + picture.levels().size() + LEGEND_COLUMNS - 1)
                        / LEGEND_COLUMNS;
        var out = begin(picture.title(), WIDTH, HEIGHT + rows * LEGEND_ROW);
        var xs = new ArrayList<Double>();
        var ys = new ArrayList<Double>();
        for (var line : picture.lines()) {
            for (var point : line.points()) {
                xs.add(point.x());
                if (Double.isFinite(point.y())) {
                    ys.add(point.y());
                }
            }
        }
        picture.levels().forEach(level -> ys.add(level.y()));
        var x = Ticks.of(picture.x(), xs);
        var y = Ticks.of(picture.y(), ys);
        axes(out, picture, x, y);
        for (int i = 0; i < picture.lines().size(); i++) {
            line(out, picture.lines().get(i), i, x, y);
        }
        for (var level : picture.levels()) {
            String at = number(down(y, level.y()));
            out.append(
                    "<line class='v' x1='%d' x2='%d' y1='%s' y2='%s'/>"
                            .formatted(LEFT, WIDTH - RIGHT, at, at));
        }
        legend(out, picture);
        return out.append("</svg>").toString();
    }

    private static void axes(StringBuilder out, Lines picture, Ticks x, Ticks y) {
        for (double mark : y.marks()) {
            double at = down(y, mark);
            out.append(
                    "<line class='g' x1='%d' x2='%d' y1='%s' y2='%s'/>"
                            .formatted(LEFT, WIDTH - RIGHT, number(at), number(at)));
            out.append(text("t", LEFT - 8, at + 4, "end", Ticks.text(mark)));
        }
        for (double mark : x.marks()) {
            double at = across(x, mark);
            out.append(
                    "<line class='g' x1='%s' x2='%s' y1='%d' y2='%d'/>"
                            .formatted(
                                    number(at), number(at), HEIGHT - BOTTOM, HEIGHT - BOTTOM + 5));
            out.append(text("t", at, HEIGHT - BOTTOM + 20, "middle", Ticks.text(mark)));
        }
        out.append(
                text(
                        "t",
                        (LEFT + WIDTH - RIGHT) / 2.0,
                        HEIGHT - 14,
                        "middle",
                        picture.x().label()));
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        out.append(
                "<g transform='translate(16 %s) rotate(-90)'>%s</g>"
                        .formatted(number(middle), text("t", 0, 0, "middle", picture.y().label())));
    }

    private static void line(StringBuilder out, Line line, int index, Ticks x, Ticks y) {
        var path = new StringBuilder();
        boolean pen = false;
        for (var point : line.points()) {
            if (!Double.isFinite(point.y())) {
                pen = false;
                continue;
            }
            String across = number(across(x, point.x()));
            if (pen && line.stepped()) {
                path.append('H').append(across);
            }
            path.append(pen ? 'L' : 'M').append(across).append(' ');
            path.append(number(down(y, point.y())));
            pen = true;
        }
        out.append(
                "<path class='s%d' fill='none' stroke-width='2.2' stroke-dasharray='%s' d='%s'/>"
                        .formatted(index % DASHES.size(), DASHES.get(index % DASHES.size()), path));
        if (line.points().size() <= FEW_POINTS && !line.stepped()) {
            for (Point point : line.points()) {
                if (Double.isFinite(point.y())) {
                    out.append(
                            "<circle class='s%d n' cx='%s' cy='%s' r='3.4'/>"
                                    .formatted(
                                            index % DASHES.size(),
                                            number(across(x, point.x())),
                                            number(down(y, point.y()))));
                }
            }
        }
    }

    private static void legend(StringBuilder out, Lines picture) {
        int each = (WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS;
        int count = picture.lines().size();
        for (int i = 0; i < count + picture.levels().size(); i++) {
            int left = LEFT + i % LEGEND_COLUMNS * each;
            int at = HEIGHT + i / LEGEND_COLUMNS * LEGEND_ROW;
            boolean level = i >= count;
            String name =
                    level ? picture.levels().get(i - count).name() : picture.lines().get(i).name();
            String look =
                    level
                            ? "class='v'"
                            : "class='s%d' stroke-width='2.2' stroke-dasharray='%s'"
                                    .formatted(i % DASHES.size(), DASHES.get(i % DASHES.size()));
            out.append(
                    "<line %s x1='%d' x2='%d' y1='%d' y2='%d'/>"
                            .formatted(look, left, left + 34, at, at));
            out.append(text("t", left + 40, at + 4, "start", name));
        }
    }

    private static double across(Ticks x, double value) {
        return LEFT + (WIDTH - LEFT - RIGHT) * x.at(value);
    }

    private static double down(Ticks y, double value) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y.at(value);
    }

    /// Text at a place.
    static String text(String look, double x, double y, String anchor, String words) {
        return "<text class='%s' x='%s' y='%s' text-anchor='%s'>%s</text>"
                .formatted(look, number(x), number(y), anchor, escape(words));
    }

    /// A coordinate.
    static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /// Words that may stand in a document.
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&quot;");
    }
}
