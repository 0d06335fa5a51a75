package dev.ratematch.dashboards.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageHtmlTest {

    private static final String EVIL = "</script><b>&'\"";

    private static String page() {
        var series =
                new ReportPage.Series(
                        EVIL,
                        "line-1",
                        false,
                        false,
                        List.of(1.0, Double.NaN, Double.POSITIVE_INFINITY));
        var line =
                new ReportPage.Timeline(
                        "load",
                        EVIL,
                        ReportPage.Unit.RATE,
                        false,
                        List.of(0.0, 15.0, 30.0),
                        List.of(series),
                        List.of(15.0),
                        "");
        return PageHtml.of(
                new ReportPage(
                        EVIL,
                        List.of(EVIL),
                        List.of(new ReportPage.Card("1", EVIL, "")),
                        List.of(line),
                        List.of(),
                        null,
                        List.of(),
                        EVIL));
    }

    @Test
    void textStaysTextAndNothingIsFetched() {
        String page = page();
        assertThat(page)
                .contains("<title>Ratematch: &lt;/script&gt;&lt;b&gt;&amp;")
                .contains("default-src 'none'")
                .doesNotContain("<b>&'", "<link", "src=", "<img");
        assertThat(page.split("</script>", -1)).hasSize(4);
    }

    @Test
    void whatIsNoNumberIsNone() throws Exception {
        String page = page();
        String open = "id=\"report\">";
        int from = page.indexOf(open) + open.length();
        var data =
                new ObjectMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
        var values = data.at("/timelines/0/series/0/values");
        assertThat(values.toString()).isEqualTo("[1.0,null,null]");
        assertThat(data.at("/title").asText()).isEqualTo(EVIL);
    }
}
