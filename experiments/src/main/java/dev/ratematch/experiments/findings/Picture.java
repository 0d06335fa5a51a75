package dev.ratematch.experiments.findings;

import java.util.List;

/// What is drawn.
public sealed interface Picture {

    /// What it shows.
    String title();

    /// An axis.
    ///
    /// @param label what it measures, with its unit
    /// @param logarithmic whether equal factors are equally far apart
    record Axis(String label, boolean logarithmic) {

        /// Equal differences are equally far apart.
        public static Axis linear(String label) {
            return new Axis(label, false);
        }

        /// Equal factors are equally far apart; for values above zero.
        public static Axis log(String label) {
            return new Axis(label, true);
        }
    }

    /// A point of a line.
    record Point(double x, double y) {}

    /// One line.
    ///
    /// @param name in the legend
    /// @param points by rising x; a y that is not finite is a gap
    /// @param stepped whether a value holds until the next, as a count of replicas does
    record Line(String name, List<Point> points, boolean stepped) {

        public Line {
            points = List.copyOf(points);
        }

        /// A line from point to point.
        public static Line of(String name, List<Point> points) {
            return new Line(name, points, false);
        }
    }

    /// A dashed level across the picture, such as a promise.
    record Level(String name, double y) {}

    /// Lines over two axes.
    record Lines(String title, Axis x, Axis y, List<Line> lines, List<Level> levels)
            implements Picture {

        public Lines {
            lines = List.copyOf(lines);
            levels = List.copyOf(levels);
        }
    }

    /// Values of a grid, with a line where they pass a threshold.
    ///
    /// @param x its columns
    /// @param y its rows, the first at the bottom
    /// @param cells by row, from the bottom
    /// @param unit of the values
    /// @param threshold where the line is drawn between cells
    record Map(
            String title, Scale x, Scale y, List<List<Cell>> cells, String unit, double threshold)
            implements Picture {

        /// Where a grid stands.
        ///
        /// @param label what it measures, with its unit
        /// @param marks of its columns or rows
        public record Scale(String label, List<String> marks) {

            public Scale {
                marks = List.copyOf(marks);
            }
        }

        /// A field of the grid.
        ///
        /// @param value that colours it; not finite for a field that is left empty
        /// @param text that stands in it
        public record Cell(double value, String text) {}

        public Map {
            cells = cells.stream().map(List::copyOf).toList();
        }
    }
}
