package dev.ratematch.studies.paper;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Line charts that look alike.
final class Charts {

    private static final List<Color> COLORS =
            List.of(
                    new Color(0x1f, 0x5f, 0xa8),
                    new Color(0xd9, 0x6a, 0x0b),
                    new Color(0x2e, 0x8b, 0x57),
                    new Color(0x7a, 0x3e, 0x9d));

    private Charts() {}

    static XYChart lines(String title, String xAxis, String yAxis) {
        XYChart chart =
                new XYChartBuilder()
                        .width(860)
                        .height(500)
                        .title(title)
                        .xAxisTitle(xAxis)
                        .yAxisTitle(yAxis)
                        .build();
        var style = chart.getStyler();
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBorderVisible(false);
        style.setPlotGridLinesColor(new Color(0xdd, 0xdd, 0xdd));
        style.setLegendPosition(Styler.LegendPosition.OutsideS);
        style.setLegendLayout(Styler.LegendLayout.Horizontal);
        style.setLegendBorderColor(Color.WHITE);
        style.setChartTitleBoxVisible(false);
        style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        style.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        style.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        style.setXAxisMin(0.0);
        style.setYAxisMin(0.0);
        return chart;
    }

    static void add(XYChart chart, String name, double[] x, double[] y) {
        add(chart, name, new double[][] {x, y}, 2.5f);
    }

    /// A line that shows beneath another.
    static void addWide(XYChart chart, String name, double[] x, double[] y) {
        add(chart, name, new double[][] {x, y}, 7);
    }

    private static void add(XYChart chart, String name, double[][] points, float width) {
        double[] x = points[0];
        Color color = COLORS.get(chart.getSeriesMap().size() % COLORS.size());
        var series = chart.addSeries(name, x, points[1]);
        series.setLineColor(color).setLineStyle(new BasicStroke(width));
        series.setMarker(x.length > 10 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
        series.setMarkerColor(color);
    }

    static double[] array(List<Double> values) {
        return values.stream().mapToDouble(v -> v).toArray();
    }

    static void write(XYChart chart, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            BitmapEncoder.saveBitmap(chart, out, BitmapEncoder.BitmapFormat.PNG);
        }
    }
}
