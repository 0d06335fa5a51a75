package dev.ratematch.dashboards.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A report as its reader sees it, from above to below.
///
/// @param title of the page
/// @param facts what it was made of, a sentence each
/// @param cards the answer
/// @param timelines charts over one axis of time
/// @param curves charts over anything else
/// @param table figures; null for none
/// @param lists what happened, folded
/// @param text as a terminal shows it, folded; empty for none
public record ReportPage(
        String title,
        List<String> facts,
        List<Card> cards,
        List<Timeline> timelines,
        List<Curves> curves,
        @Nullable Table table,
        List<Listing> lists,
        String text) {

    /// A figure that is the answer.
    ///
    /// @param value with its unit
    /// @param label what it is
    /// @param note what it is beside, or why it is so; may be empty
    public record Card(String value, String label, String note) {}

    /// What a value of a chart is.
    public enum Unit {
        RATE,
        SECONDS,
        SHARE,
        GPUS,
        REPLICAS
    }

    /// A chart over time.
    ///
    /// @param unit of its values
    /// @param log whether values of several sizes are told apart: a tenth is as far as ten times
    /// @param atSeconds ends of the windows, ascending, seconds since the start
    /// @param changes when something was commanded, seconds
    /// @param note what is not shown, and why; empty where everything is
    public record Timeline(
            String id,
            String title,
            Unit unit,
            boolean log,
            List<Double> atSeconds,
            List<Series> series,
            List<Double> changes,
            String note) {}

    /// A line over time.
    ///
    /// @param colour name of a colour of the page
    /// @param dashed whether it is a level, not something measured
    /// @param stepped whether it stands until it is changed
    /// @param values one a window; NaN where there is none
    public record Series(
            String label, String colour, boolean dashed, boolean stepped, List<Double> values) {}

    /// Curves of one quantity over another.
    ///
    /// @param x name and unit of what goes to the right
    /// @param y of what goes up
    public record Curves(String id, String title, String x, String y, List<Curve> curves) {}

    /// A curve, or a single point of one.
    ///
    /// @param dashed whether it is a bound, not something reached
    /// @param points pairs of x and y, by ascending x
    public record Curve(String label, String colour, boolean dashed, List<List<Double>> points) {}

    /// Rows of text; all columns but the first are numbers.
    public record Table(List<String> columns, List<List<String>> rows) {}

    /// A list with a heading.
    public record Listing(String title, List<String> items) {}
}
