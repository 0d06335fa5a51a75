package dev.ratematch.experiments.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Line;
import dev.ratematch.experiments.findings.Picture.Point;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

final class RenderingTest {

    private static final Picture LINES =
            new Picture.Lines(
                    "Rate & size",
                    Axis.log("GPUs"),
                    Axis.linear("tokens/s"),
                    List.of(
                            Line.of(
                                    "a < b",
                                    List.of(
                                            new Point(1, 3),
                                            new Point(10, Double.NaN),
                                            new Point(100, 9)))),
                    List.of(new Picture.Level("promise", 5)));

    private static final Picture MAP =
            new Picture.Map(
                    "Map",
                    new Picture.Map.Scale("ISL, tokens", List.of("1K", "2K")),
                    new Picture.Map.Scale("OSL, tokens", List.of("128")),
                    List.of(
                            List.of(
                                    new Picture.Map.Cell(0.5, "0.5"),
                                    new Picture.Map.Cell(2, "2.0"))),
                    "times",
                    1);

    private static final Findings FOUND =
            new Findings(
                    "trial",
                    "A trial",
                    "Why?",
                    "Because 3 > 2.",
                    List.of("a model"),
                    List.of(
                            new Table(
                                    "Rows",
                                    List.of(Column.of("name"), new Column("rate", "req/s", 2)),
                                    List.of(
                                            List.of(Value.of("x"), Value.of(1.234)),
                                            List.of(Value.of("y"), Value.none())))),
                    List.of(LINES, MAP),
                    List.of(new Findings.Note("It rises.", false, "it falls.")));

    @Test
    void aTerminalIsToldTheAnswerFirst() {
        String text = Rendering.text(FOUND);
        assertThat(text).startsWith("Because 3 > 2.\n").contains("rate, req/s", "1.23", "  -");
        assertThat(text).contains("Unlike the paper: It rises. Here: it falls.");
    }

    @Test
    void jsonHasFiguresWithUnitsAndGapsAsNull() throws Exception {
        var json = new ObjectMapper().readTree(Rendering.json(FOUND));
        assertThat(json.at("/answer").asText()).isEqualTo("Because 3 > 2.");
        assertThat(json.at("/tables/0/columns/1/unit").asText()).isEqualTo("req/s");
        assertThat(json.at("/tables/0/rows/0/1").asDouble()).isEqualTo(1.234);
        assertThat(json.at("/tables/0/rows/1/1").isNull()).isTrue();
        assertThat(json.at("/pictures/0/lines/0/points/1/1").isNull()).isTrue();
        assertThat(json.at("/pictures/1/cells/0/1").asDouble()).isEqualTo(2);
    }

    @Test
    void aPageBeginsWithItsAnswerAndNeedsNobodyElse() {
        String page = Page.of(FOUND);
        int body = page.indexOf("<body>") + "<body>".length();
        assertThat(page.substring(body)).startsWith("<p class='answer'>Because 3 &gt; 2.</p>");
        assertThat(page.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http", "<script", "src=");
        assertThat(page).contains("prefers-color-scheme:dark");
    }

    @Test
    void picturesAreWellFormedAndNameTheirAxes() throws Exception {
        for (var picture : FOUND.pictures()) {
            String svg = Svg.of(picture);
            var bytes = svg.getBytes(StandardCharsets.UTF_8);
            var parsed =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new ByteArrayInputStream(bytes));
            assertThat(parsed.getDocumentElement().getTagName()).isEqualTo("svg");
        }
        assertThat(Svg.of(LINES)).contains(">GPUs<", ">tokens/s<", ">promise<", "a &lt; b");
        assertThat(Svg.of(MAP)).contains(">ISL, tokens<", ">OSL, tokens<", "stroke-width='3.5'");
    }

    @Test
    void aGapBreaksTheLine() {
        assertThat(Svg.of(LINES)).containsPattern("d='M[0-9. ]+M[0-9. ]+'");
    }

    @Test
    void markdownHasAFileForEachPicture() {
        var files = Markdown.files(FOUND);
        assertThat(files).containsOnlyKeys("trial.md", "trial-1.svg", "trial-2.svg");
        assertThat(files.get("trial.md"))
                .startsWith("# A trial\n\n**Because 3 > 2.**")
                .contains("![Map](trial-2.svg)", "| x | 1.23 |");
        assertThat(Markdown.index(List.of(FOUND))).contains("[A trial](trial.md): Because 3 > 2.");
    }

    @Test
    void ticksAreRoundAndTakeEverythingIn() {
        var even = Ticks.of(Axis.linear(""), List.of(0.0, 87.0));
        assertThat(even.marks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0);
        var factors = Ticks.of(Axis.log(""), List.of(0.03, 7.0));
        assertThat(factors.low()).isLessThanOrEqualTo(0.03);
        assertThat(factors.high()).isGreaterThanOrEqualTo(7);
        assertThat(factors.at(0.03)).isBetween(0.0, 0.3);
    }
}
