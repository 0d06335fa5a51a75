package dev.ratematch.controller.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers of stores that are not quite a Prometheus.
@Timeout(20)
class AnswerReaderTest {

    private static final String DATA =
            """
            "data":{"resultType":"matrix","result":[
             {"metric":{"__name__":"a","le":"+Inf"},"values":[[1,"2"],[16.5,"3"]]}]}\
            """;

    private static Outcome read(String body) {
        return AnswerReader.read(body, _ -> false, text -> text);
    }

    private static String with(String field) {
        return "{\"status\":\"success\",%s,%s}".formatted(field, DATA);
    }

    private static void assertWhole(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Found.class);
        if (outcome instanceof Found(var series, _)) {
            assertThat(series).hasSize(1);
            assertThat(series.getFirst().values()).containsExactly(2, 3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"warnings\":null",
                "\"warnings\":{}",
                "\"warnings\":{\"a\":[1,{\"b\":null}]}",
                "\"warnings\":\"\"",
                "\"warnings\":\"none\"",
                "\"warnings\":[]",
                "\"warnings\":[null]",
                "\"warnings\":[[],{}]",
                "\"warnings\":false",
                "\"warnings\":0",
                "\"warnings\":[\"PromQL info: metric might not be a counter\"]",
                "\"infos\":[\"x\"]",
                "\"infos\":null",
                "\"isPartial\":false",
                "\"isPartial\":null",
                "\"isPartial\":\"false\"",
                "\"isPartial\":{}",
                "\"stats\":{\"seriesFetched\":\"9\"}",
                "\"errorType\":null,\"error\":null",
                "\"error\":{\"a\":[]}",
                "\"trace\":{\"children\":[{\"isPartial\":[]}]}",
            })
    void optionalFieldsMayHoldAnything(String field) {
        assertWhole(read(with(field)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"isPartial\":true",
                "\"isPartial\":\"true\"",
                "\"is_partial\":true",
                "\"partial\":1",
                "\"partialResponse\":true",
                "\"warnings\":[\"store b is down\"]",
                "\"warnings\":[null,\"store b is down\"]",
                "\"warnings\":[\"PromQL warning: x\",\"store b is down\"]",
            })
    void aPartOfTheStoreThatIsMissingIsSaidInEverySpelling(String field) {
        for (String body :
                new String[] {
                    with(field), "{%s,\"status\":\"success\",%s}".formatted(DATA, field)
                }) {
            assertThat(read(body)).isInstanceOf(Failed.class);
            if (read(body) instanceof Failed(var kind, var why)) {
                assertThat(kind).isEqualTo(Kind.PARTIAL);
                assertThat(why).containsAnyOf("partial", "not whole: \"store b is down\"");
            }
        }
    }

    @Test
    void anAcceptedWarningIsANote() {
        String body = with("\"warnings\":[\"store eu-2 is away\",\"PromQL info: y\"]");
        var outcome = AnswerReader.read(body, warning -> warning.contains("eu-2"), text -> text);
        assertWhole(outcome);
        assertThat(((Found) outcome).notes()).containsExactly("store eu-2 is away");
        assertThat(AnswerReader.read(body, warning -> warning.contains("eu-3"), text -> text))
                .isInstanceOf(Failed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":\"success\",\"data\":null}",
                "{\"status\":\"success\",\"data\":[]}",
                "{\"status\":\"success\",\"data\":{\"result\":null}}",
                "{\"status\":\"success\",\"data\":{\"result\":{}}}",
                "{\"status\":\"success\",\"data\":{\"result\":[null,[],\"a\"]}}",
                "{\"status\":\"success\"}",
            })
    void anAnswerWithoutSeriesFindsNone(String body) {
        assertThat(read(body)).isEqualTo(new Found(List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":null,\"values\":[[1,\"2\"]]}]}}",
                "{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{\"a\":null,\"b\":{},\"c\":3},\"values\":[[1,2]]}]}}",
                "{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{},\"values\":null,\"value\":[1,\"2\"]}]}}",
                "{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{},\"histograms\":[[1,{}]],\"value\":[1,\"2\"]}]}}",
            })
    void oddSeriesAreStillRead(String body) {
        assertThat(read(body)).isInstanceOf(Found.class);
        if (read(body) instanceof Found(var series, _)) {
            assertThat(series.getFirst().values()).containsExactly(2);
        }
    }

    @Test
    void anAnswerThatEndsEarlyIsNeverTakenAndNeverWaitedFor() {
        String whole =
                "{\"warnings\":[\"a\",null,{\"b\":[1]}],\"status\":\"success\",\"infos\":{\"c\":1},%s}"
                        .formatted(DATA);
        for (int end = 0; end < whole.length(); end++) {
            assertThat(read(whole.substring(0, end)))
                    .as(whole.substring(0, end))
                    .isInstanceOf(Failed.class);
        }
    }

    @Test
    void depthAndLengthHaveBounds() {
        String deep = "[".repeat(100_000);
        assertThatCode(() -> read("{\"warnings\":" + deep)).doesNotThrowAnyException();
        assertThatCode(() -> read("{\"status\":\"success\",\"data\":{\"x\":" + deep))
                .doesNotThrowAnyException();
    }

    @Test
    void whatStoresSayIsQuotedInPart() {
        String long1 = "x".repeat(50_000);
        for (String body :
                new String[] {
                    "{\"status\":\"error\",\"error\":\"%s\"}".formatted(long1),
                    with("\"warnings\":[\"%s\"]".formatted(long1)),
                    long1
                }) {
            assertThat(((Failed) read(body)).why()).contains("xxx...").hasSizeLessThan(500);
        }
    }

    @Test
    void labelsLongerThanAnyNameAreCutAndStayDifferent() {
        String series = "{\"metric\":{\"pod\":\"%s%s\"},\"value\":[1,\"2\"]}";
        String name = "p".repeat(5000);
        var outcome =
                read(
                        "{\"status\":\"success\",\"data\":{\"result\":[%s,%s]}}"
                                .formatted(
                                        series.formatted(name, "a"), series.formatted(name, "b")));
        var pods = ((Found) outcome).series().stream().map(s -> s.labels().get("pod")).toList();

        assertThat(pods).doesNotHaveDuplicates().allMatch(pod -> pod != null && pod.length() < 400);
    }

    @Test
    void nothingIsCutBeforeItIsConcealed() {
        String secret = "s3cret-of-ours";
        for (int before = 0; before < 320; before++) {
            String said = "y".repeat(before) + " " + secret;
            for (String body :
                    new String[] {
                        said, "{\"status\":\"error\",\"error\":\"%s\"}".formatted(said)
                    }) {
                var outcome = AnswerReader.read(body, _ -> false, t -> t.replace(secret, "***"));
                assertThat(((Failed) outcome).why()).doesNotContain("s3c");
            }
        }
    }
}
