package dev.ratematch.controller.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.telemetry.prometheus.Access.Basic;
import dev.ratematch.controller.telemetry.prometheus.Access.Bearer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    @Test
    void everyWayBecomesAHeader() {
        assertThat(Access.OPEN.sent()).isEmpty();
        assertThat(Access.OPEN.as(new Bearer(() -> "abcd\n")).sent())
                .containsEntry("Authorization", "Bearer abcd");
        assertThat(Access.OPEN.as(new Basic("reader", () -> "secret")).sent())
                .containsEntry("Authorization", "Basic cmVhZGVyOnNlY3JldA==");
        assertThat(Access.OPEN.header("X-Scope-OrgID", () -> "team-a ").sent())
                .containsEntry("X-Scope-OrgID", "team-a");
        assertThatThrownBy(() -> Access.OPEN.header("X Y: z", () -> "1"))
                .hasMessageContaining("header (X Y: z) must be a name");
        assertThatThrownBy(() -> Access.OPEN.as(new Bearer(() -> "a\nb")).sent())
                .hasMessageContaining("several lines")
                .hasMessageNotContaining("a\nb");
    }

    @Test
    void whatIsSecretIsTakenOutOfEveryText() {
        var access =
                Access.OPEN
                        .as(new Basic("reader", () -> "s3cret"))
                        .header("X-Key", () -> "k3y-of-ours")
                        .header("X-Scope-OrgID", () -> "1");
        assertThat(
                        access.conceal(
                                "1 of http://reader:s3cret@host:9 says s3cret, cmVhZGVyOnMzY3JldA==,"
                                        + " k3y-of-ours"))
                .isEqualTo("1 of http://***@host:9 says ***, ***, ***");
        assertThat(access.toString()).doesNotContain("s3cret", "k3y");
    }

    @Test
    void theUrlsUserAsksAndIsShownNowhere() {
        var settings = PrometheusSettings.of("https://re%40der:s%3Acret@host:9090/prom/");
        assertThat(settings.url()).hasToString("https://host:9090/prom");
        assertThat(settings.access().sent())
                .containsEntry("Authorization", "Basic cmVAZGVyOnM6Y3JldA==");
        assertThat(settings.toString()).doesNotContain("cret");
        assertThatThrownBy(() -> PrometheusSettings.of("http://reader:secret@ho st"))
                .hasMessageContaining("http://***@ho st")
                .hasNoCause();
        assertThatThrownBy(() -> PrometheusSettings.of("ftp://reader:secret@host"))
                .hasMessageContaining("must be like http://host:9090")
                .hasMessageNotContaining("secret");
    }

    @Test
    void theRootIsFoundInWhatPeopleCopy() {
        for (String copied :
                new String[] {
                    "http://h:9090",
                    "http://h:9090//",
                    "http://h:9090/graph",
                    "http://h:9090/api/v1",
                    "http://h:9090/api/v1/query",
                    " http://h:9090/targets "
                }) {
            assertThat(PrometheusSettings.of(copied).url()).hasToString("http://h:9090");
        }
        assertThat(PrometheusSettings.of("http://h/select/0/prometheus/").url())
                .hasToString("http://h/select/0/prometheus");
        assertThatThrownBy(() -> PrometheusSettings.of("http://h:9090/?token=secret"))
                .hasMessageContaining("query parameters")
                .hasMessageNotContaining("secret");
    }

    @Test
    void howeverAServerSpellsIt() {
        var access =
                Access.OPEN
                        .as(new Basic("reader", () -> "p\"ss/w<rd>&co"))
                        .header("Authorization", () -> "Bearer tok3n/of ours")
                        .header("X-Token", () -> "Token k3y+of+ours");
        for (String echoed :
                new String[] {
                    "p\"ss/w<rd>&co",
                    "p\\\"ss/w<rd>&co",
                    "p\\\"ss\\/w<rd>&co",
                    "p&quot;ss/w&lt;rd&gt;&amp;co",
                    "p%22ss%2Fw%3Crd%3E%26co",
                    "k3y+of+ours",
                    "k3y%2Bof%2Bours"
                }) {
            assertThat(access.conceal("it says " + echoed + ".")).isEqualTo("it says ***.");
        }
        assertThat(access.conceal("was: Bearer 0ld-one", List.of("Bearer 0ld-one")))
                .isEqualTo("was: Bearer ***");
    }

    @Test
    void aLongTextEndsBehindASecretNeverWithinOne() {
        var access = Access.OPEN.as(new Bearer(() -> "s3cret-of-ours"));
        for (int before = 39_980; before <= 40_001; before++) {
            assertThat(access.conceal("x".repeat(before) + "s3cret-of-ours" + "y".repeat(9)))
                    .doesNotContain("s3c");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reader:s3cret@host:9090",
                "http://reader:s3cr/et@host:9090",
                "http://reader:s3@cret@host:9090",
                "http://reader:s3 cret@host:9090",
                "http://reader:s3cret^@host:9090",
                "http://reader:s3cret@ho_st:9090",
                "ftp://reader:s3cret@host",
                "http:/reader:s3cret@host",
                "//reader:s3cret@host"
            })
    void aUrlThatIsNoneIsShownWithoutItsPassword(String url) {
        assertThatThrownBy(() -> PrometheusSettings.of(url))
                .hasMessageContaining("must be like http://host:9090")
                .hasMessageNotContainingAny("s3", "cr", "et@", "reader");
    }
}
