package dev.ratematch.experiments.render;

import dev.ratematch.experiments.findings.Picture.Map;
import dev.ratematch.experiments.findings.Picture.Map.Cell;
import java.util.Locale;

/// A grid of coloured fields: blue above the threshold, orange below, white at it, and a line
/// between fields on either side of it. The value stands in each field, so that no colour has to be
/// told.
final class MapSvg {

    private static final int LEFT = 100;
    private static final int TOP = 40;
    private static final int FIELD_WIDTH = 92;
    private static final int FIELD_HEIGHT = 40;
    private static final int BOTTOM = 58;

    // Ends of the two scales: Okabe and Ito's blue and vermillion.
    private static final int[] ABOVE = {0x00, 0x72, 0xb2};
    private static final int[] BELOW = {0xd5, 0x5e, 0x00};

    private MapSvg() {}

    static String of(Map map) {
        int columns = map.x().marks().size();
        int rows = map.y().marks().size();
        int width = LEFT + columns * FIELD_WIDTH + 20;
        int height = TOP + rows * FIELD_HEIGHT + BOTTOM;
        double widest = 0;
        for (var row : map.cells()) {
            for (var cell : row) {
                if (Double.isFinite(cell.value())) {
                    widest = Math.max(widest, Math.abs(cell.value() - map.threshold()));
                }
            }
        }
        var out = Svg.begin(map.title(), width, height);
        for (int r = 0; r < rows; r++) {
            int top = TOP + (rows - 1 - r) * FIELD_HEIGHT;
            out.append(
                    Svg.text(
                            "t",
                            LEFT - 8,
                            top + FIELD_HEIGHT / 2 + 4,
                            "end",
                            map.y().marks().get(r)));
            for (int c = 0; c < columns; c++) {
                field(out, map, map.cells().get(r).get(c), LEFT + c * FIELD_WIDTH, top, widest);
            }
        }
        line(out, map, rows, columns);
        int bottom = TOP + rows * FIELD_HEIGHT;
        for (int c = 0; c < columns; c++) {
            double middle = LEFT + (c + 0.5) * FIELD_WIDTH;
            out.append(Svg.text("t", middle, bottom + 18, "middle", map.x().marks().get(c)));
        }
        double middle = LEFT + columns * FIELD_WIDTH / 2.0;
        out.append(Svg.text("t", middle, bottom + 40, "middle", map.x().label()));
        out.append(
                "<g transform='translate(16 %d) rotate(-90)'>%s</g>"
                        .formatted(
                                TOP + rows * FIELD_HEIGHT / 2,
                                Svg.text("t", 0, 0, "middle", map.y().label())));
        return out.append("</svg>").toString();
    }

    private static void field(
            StringBuilder out, Map map, Cell cell, int left, int top, double widest) {
        boolean empty = !Double.isFinite(cell.value());
        double share = empty || widest == 0 ? 0 : (cell.value() - map.threshold()) / widest;
        int[] end = share >= 0 ? ABOVE : BELOW;
        var rgb = new int[3];
        for (int i = 0; i < 3; i++) {
            rgb[i] = (int) Math.round(255 + (end[i] - 255) * 0.85 * Math.abs(share));
        }
        String fill =
                empty
                        ? "none"
                        : String.format(Locale.ROOT, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
        String ink = Math.abs(share) > 0.6 ? "#fff" : "#1b1f24";
        out.append(
                "<rect x='%d' y='%d' width='%d' height='%d' fill='%s' stroke='#8a949e' stroke-width='0.4'/>"
                        .formatted(left, top, FIELD_WIDTH, FIELD_HEIGHT, fill));
        String look =
                empty ? "class='t'" : "style='font:12px system-ui,sans-serif;fill:" + ink + "'";
        out.append(
                "<text %s x='%d' y='%d' text-anchor='middle'>%s</text>"
                        .formatted(
                                look,
                                left + FIELD_WIDTH / 2,
                                top + FIELD_HEIGHT / 2 + 4,
                                Svg.escape(cell.text())));
    }

    /// Between neighbours of which one is above the threshold and the other is not.
    private static void line(StringBuilder out, Map map, int rows, int columns) {
        for (int r = 0; r < rows; r++) {
            int top = TOP + (rows - 1 - r) * FIELD_HEIGHT;
            for (int c = 0; c < columns; c++) {
                int left = LEFT + c * FIELD_WIDTH;
                var here = map.cells().get(r).get(c);
                if (c + 1 < columns && parts(map, here, map.cells().get(r).get(c + 1))) {
                    edge(out, left + FIELD_WIDTH, top, left + FIELD_WIDTH, top + FIELD_HEIGHT);
                }
                if (r + 1 < rows && parts(map, here, map.cells().get(r + 1).get(c))) {
                    edge(out, left, top, left + FIELD_WIDTH, top);
                }
            }
        }
    }

    private static boolean parts(Map map, Cell a, Cell b) {
        return Double.isFinite(a.value())
                && Double.isFinite(b.value())
                && a.value() >= map.threshold() != b.value() >= map.threshold();
    }

    private static void edge(StringBuilder out, int x1, int y1, int x2, int y2) {
        out.append(
                "<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='#111' stroke-width='3.5'/>"
                        .formatted(x1, y1, x2, y2));
    }
}
