package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpositionTest {

    @Test
    void readsEscapesInLabelValues() {
        var scrape =
                Exposition.parse(
                        """
                        m{path="C:\\\\x\\\\y",quote="say \\"hi\\"",nl="a\\nb",comma="a,b",brace="{x}"} 1
                        m{path="",quote="",} 2
                        """);

        assertThat(scrape.samples().getFirst().series().labels())
                .isEqualTo(
                        Map.of(
                                "path", "C:\\x\\y",
                                "quote", "say \"hi\"",
                                "nl", "a\nb",
                                "comma", "a,b",
                                "brace", "{x}"));
        assertThat(scrape.value("m", "path", "")).hasValue(2);
    }

    @Test
    void readsEverySpellingOfNumbers() {
        assertThat(value("NaN")).isNaN();
        assertThat(value("+Inf")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(value("-Inf")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(value("1.5e-07")).isEqualTo(1.5e-7);
        assertThat(value("1e+06")).isEqualTo(1e6);
        assertThat(value("-0")).isEqualTo(-0.0);
        assertThat(value(".5")).isEqualTo(0.5);
        assertThat(value("2.9850901e+07")).isEqualTo(29850901);
        assertThat(value("3705.2728674762066")).isEqualTo(3705.2728674762066);
        assertThat(value("12345678901234567890")).isEqualTo(1.2345678901234567e19);
        assertThat(value("0.000000000000000000000000000001")).isEqualTo(1e-30);
    }

    @Test
    void refusesNumbersThatOnlyTheLibraryTakes() {
        for (String bad : new String[] {"1d", "0x1p3", "1_000", "-", ".", "1,5", "e5"}) {
            assertThatThrownBy(() -> Exposition.parse("ok 1\nm " + bad))
                    .as(bad)
                    .isInstanceOf(ExpositionException.class)
                    .hasMessageContaining("Line 2")
                    .hasMessageContaining("\"" + bad + "\" is no number");
        }
    }

    @Test
    void shortDecimalsAreTheNearestDoubles() {
        for (int i = 0; i < 20_000; i++) {
            String text = Integer.toString(i * 7) + "." + (i % 1000) + "5";
            assertThat(Numbers.parse(text, 0, text.length())).isEqualTo(Double.parseDouble(text));
        }
    }

    @Test
    void readsBlanksTabsAndCarriageReturns() {
        var scrape = Exposition.parse("m{ a = \"b\" , c=\"d\" }\t 42  \r\n\r\n  n 7\r\n");

        assertThat(scrape.value("m", "a", "b", "c", "d")).hasValue(42);
        assertThat(scrape.value("n")).hasValue(7);
    }

    @Test
    void knowsUpperBoundsWhateverTheirSpelling() {
        var scrape =
                Exposition.parse(
                        """
                        h_bucket{le="1"} 1
                        h_bucket{le="1.0"} 1
                        h_bucket{le="1e0"} 1
                        h_bucket{le="+Inf"} 1
                        h_bucket{le="x"} 1
                        """);

        assertThat(scrape.samples())
                .extracting(s -> s.series().upperBound())
                .containsExactly(1.0, 1.0, 1.0, Double.POSITIVE_INFINITY, Double.NaN);
    }

    @Test
    void readsTimestampsInTheUnitOfTheFormat() {
        var old = Exposition.parse("m 12 1763903600123\nn 1\n");
        var open = Exposition.parse("n 1\nm 12 1763903600.5\n# EOF\n");

        assertThat(old.named("m").getFirst().timestampSeconds()).isEqualTo(1763903600.123);
        assertThat(old.named("n").getFirst().timestampSeconds()).isNaN();
        assertThat(open.named("m").getFirst().timestampSeconds()).isEqualTo(1763903600.5);
        assertThat(open.openMetrics()).isTrue();
    }

    @Test
    void keepsWhatTheCommentsSay() {
        var scrape =
                Exposition.parse(
                        """
                        # just a comment
                        # HELP m A help with a backslash \\\\ and a newline \\n inside
                        # TYPE m gauge
                        # HELP m Said twice.
                        m 1
                        # TYPE h_seconds histogram
                        # UNIT h_seconds seconds
                        h_seconds_bucket{le="0.5"} 3 # {trace_id="9e"} 0.4 17.5
                        # EOF
                        """);

        assertThat(scrape.family("m"))
                .hasValue(new MetricFamily("m", MetricFamily.Type.GAUGE, "Said twice.", ""));
        assertThat(scrape.family("h_seconds").orElseThrow().unit()).isEqualTo("seconds");
        assertThat(scrape.value("h_seconds_bucket", "le", "0.5")).hasValue(3);
    }

    @Test
    void saysWhatABodyIsInstead() {
        refused("<!DOCTYPE html><html>Sign in</html>", "looks like HTML", "port and path");
        refused("[{\"iter\":1}]", "looks like JSON", "/prometheus/metrics");
        refused("{\"error\":\"no\"}", "looks like JSON", "{\"error\"");
        refused("  \n ", "it is empty", "switched on");
        refused("\u001f\ufffdx", "gzip", "ncompressed");
        refused("404 page not found", "its first line has no sample", "404 page not found");
        refused("upstream connect error", "its first line has no sample", "port and path");
    }

    private static void refused(String body, String... says) {
        assertThatThrownBy(() -> Exposition.parse(body))
                .as(body)
                .isInstanceOf(ExpositionException.class)
                .hasMessageContainingAll(says);
    }

    @Test
    void namesTheLineThatItCannotRead() {
        for (String bad :
                new String[] {
                    "m{a=\"b} 1", "m{a=b} 1", "m{a=\"b\" 1", "m{a=\"b\"c=\"d\"} 1", "m",
                    "m{a=\"1\",a=\"2\"} 1", "m{=\"b\"} 1", "m{a} 1", "m{a=\"b\"}1", "m 1 2 3",
                    "m 1 # exemplar", "m-n 1", "# TYPE m nonsense", "m{a=\"b\\\"} 1", "m{a=\"b\","
                }) {
            assertThatThrownBy(() -> Exposition.parse("ok 1\n\n" + bad + "\nafter 1\n"))
                    .as(bad)
                    .isInstanceOf(ExpositionException.class)
                    .hasMessageContaining("Line 3 of the metrics text cannot be read")
                    .hasMessageContaining(bad);
        }
        assertThatThrownBy(() -> Exposition.parse("m 1\n# EOF\nn 2\n"))
                .hasMessageContaining("Line 3")
                .hasMessageContaining("text follows # EOF");
    }

    @Test
    void aRememberingParserReadsReorderedBodiesRight() {
        var parser = ExpositionParser.keeping(name -> !name.equals("noise"));
        var first = parser.parse("a 1\nnoise{x=\"1\"} 5\nb{l=\"1\"} 2\nb{l=\"2\"} 3\n");
        var second = parser.parse("b{l=\"2\"} 30\na {l=\"9\"} 11\na 10\nb{l=\"1\"} 20\nc 7\n");

        assertThat(first.size()).isEqualTo(3);
        assertThat(first.has("noise")).isFalse();
        assertThat(second.value("a", "l", "9")).hasValue(11);
        assertThat(second.samples().get(2)).extracting(Sample::value).isEqualTo(10.0);
        assertThat(second.value("b", "l", "1")).hasValue(20);
        assertThat(second.value("b", "l", "2")).hasValue(30);
        assertThat(second.value("c")).hasValue(7);
        assertThat(second.samples().get(0).series()).isSameAs(first.samples().get(2).series());
    }

    @Test
    void identityOfASeriesIgnoresTheOrderOfLabels() {
        var scrape = Exposition.parse("m{a=\"1\",b=\"2\"} 1\nm{b=\"2\",a=\"1\"} 1\n");

        assertThat(scrape.samples().get(0).series()).isEqualTo(scrape.samples().get(1).series());
        assertThat(scrape.samples().get(0).series())
                .hasSameHashCodeAs(scrape.samples().get(1).series());
    }

    private static double value(String written) {
        return Exposition.parse("m " + written + "\n").value("m").orElseThrow();
    }
}
