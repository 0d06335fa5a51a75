package dev.ratematch.sizing;

import dev.ratematch.costmodel.frontier.search.Frontier;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws throughput per GPU against speed per user.
public final class FrontierPlot {

    private static final int WIDTH = 1100;
    private static final int HEIGHT = 680;
    private static final int CURVE_POINTS = 250;
    private static final List<String> ENDINGS = List.of(".png", ".svg", ".html");
    private static final Color BLUE = new Color(0x1f, 0x5f, 0xa8);
    private static final Color ORANGE = new Color(0xd9, 0x6a, 0x0b);
    private static final Color RED = new Color(0xb0, 0x12, 0x2c);
    private static final Color GREY = new Color(0x80, 0x80, 0x80);

    private FrontierPlot() {}

    /// Refuses a file that could not be written, before anything is worked out.
    public static void check(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (ENDINGS.stream().noneMatch(name::endsWith)) {
            throw new IllegalArgumentException(
                    "--plot (%s) must end in .svg, .png or .html.".formatted(file));
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "--plot (%s): the folder %s does not exist.".formatted(file, folder));
        }
    }

    /// Loads what drawing needs, so that it can be done beside other work.
    public static void warmUp() {
        System.setProperty("java.awt.headless", "true");
        var chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title("x").build();
        style(chart.getStyler());
        chart.addSeries("x", new double[] {0, 1}, new double[] {0, 1});
        BitmapEncoder.getBufferedImage(chart);
    }

    /// The fleet as people write it.
    public static String label(ModelPlan answer) {
        return ModelReport.shape(answer.plan().mix());
    }

    /// Points of a curve, as many as are seen.
    public static List<Frontier.Point> points(Frontier frontier) {
        return ModelReport.thinned(frontier, CURVE_POINTS);
    }

    /// Writes the plot as the picture that the file's ending names: PNG or SVG.
    public static void write(Path file, ModelPlan answer, ModelPlan.Frontiers frontiers)
            throws IOException {
        System.setProperty("java.awt.headless", "true");
        XYChart chart = chart(answer, frontiers);
        String name = file.toString().toLowerCase(Locale.ROOT);
        try (var out = new ByteArrayOutputStream()) {
            if (name.endsWith(".png")) {
                BitmapEncoder.saveBitmap(chart, out, BitmapEncoder.BitmapFormat.PNG);
            } else {
                VectorGraphicsEncoder.saveVectorGraphic(
                        chart, out, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
            }
            Files.write(file, out.toByteArray());
        }
    }

    private static XYChart chart(ModelPlan answer, ModelPlan.Frontiers frontiers) {
        var plan = answer.plan();
        var chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title(answer))
                        .xAxisTitle("interactivity, tokens/s/user")
                        .yAxisTitle("throughput, output tokens/s/GPU")
                        .build();
        style(chart.getStyler());
        double top = curve(chart, "disaggregated", frontiers.disaggregated(), BLUE);
        top = Math.max(top, curve(chart, "co-located", frontiers.colocated(), ORANGE));
        double wanted = 1 / plan.target().itlSeconds();
        var limit =
                chart.addSeries(
                        "ITL target, " + ModelPlan.time(plan.target().itlSeconds()),
                        new double[] {wanted, wanted},
                        new double[] {0, 1.02 * top});
        limit.setMarker(SeriesMarkers.NONE).setLineColor(GREY);
        limit.setLineStyle(
                new BasicStroke(
                        1.5f,
                        BasicStroke.CAP_BUTT,
                        BasicStroke.JOIN_BEVEL,
                        10,
                        new float[] {6, 6},
                        0));
        var chosen =
                chart.addSeries(
                        "plan on %d GPUs: %s"
                                .formatted(answer.request().gpus(), ModelReport.shape(plan.mix())),
                        new double[] {1 / plan.itlSeconds()},
                        new double[] {plan.tokensPerSecondPerGpu()});
        chosen.setMarker(SeriesMarkers.DIAMOND).setMarkerColor(RED).setLineStyle(noLine());
        return chart;
    }

    /// What was asked.
    public static String title(ModelPlan answer) {
        var request = answer.request();
        var load = request.target().load();
        return "%s %s on %s, ISL %s, OSL %s, TTFT at most %s"
                .formatted(
                        request.target().model().name(),
                        request.precision().name().toLowerCase(Locale.ROOT),
                        request.accelerator().name(),
                        Numbers.plain(load.inputTokens()),
                        Numbers.plain(load.outputTokens()),
                        ModelPlan.time(request.target().ttftSeconds()));
    }

    private static void style(XYStyler style) {
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBorderVisible(false);
        style.setPlotGridLinesColor(new Color(0xdd, 0xdd, 0xdd));
        style.setLegendPosition(Styler.LegendPosition.InsideNE);
        style.setLegendBorderColor(new Color(0xcc, 0xcc, 0xcc));
        style.setChartTitleBoxVisible(false);
        style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 17));
        style.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
        style.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        style.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        style.setMarkerSize(13);
        style.setXAxisMin(0.0);
        style.setYAxisMin(0.0);
        style.setXAxisDecimalPattern("0");
        style.setYAxisDecimalPattern("#,##0");
        style.setLocale(Locale.ROOT);
        style.setAntiAlias(true);
    }

    /// Adds a curve and returns its highest value.
    private static double curve(XYChart chart, String name, Frontier frontier, Color color) {
        var points = points(frontier);
        if (points.isEmpty()) {
            return 0;
        }
        var series =
                chart.addSeries(
                        name,
                        points.stream().mapToDouble(Frontier.Point::interactivity).toArray(),
                        points.stream()
                                .mapToDouble(Frontier.Point::tokensPerSecondPerGpu)
                                .toArray());
        series.setMarker(SeriesMarkers.NONE).setLineColor(color);
        series.setLineStyle(new BasicStroke(2.5f));
        return points.getFirst().tokensPerSecondPerGpu();
    }

    private static BasicStroke noLine() {
        return new BasicStroke(0);
    }
}
