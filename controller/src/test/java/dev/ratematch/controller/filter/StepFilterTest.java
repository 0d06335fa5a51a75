package dev.ratematch.controller.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class StepFilterTest {

    private static final String SERVICE =
            "{\"ratematch\":1,\"model\":\"llama-3.1-70b\",\"gpu\":\"b200\",\"precision\":\"nvfp4\",\"slo\":{\"ttft_ms\":2000,"
                    + "\"itl_ms\":30},\"budget_gpus\":32%s}";

    private static final String SWITCHING =
            ",\"actuation\":\"switch\",\"switching\":{\"seconds\":8},\"prefill\":{\"parallel\":\"tp2\"},"
                    + "\"decode\":{\"parallel\":\"tp2\"}";

    private final StepFilter filter = new StepFilter();

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    private JsonNode send(String line) throws Exception {
        return json(filter.line(line));
    }

    private static String service(String more) {
        return SERVICE.replace("%s", more);
    }

    private static String starved(double at) {
        return String.format(
                Locale.ROOT,
                "{\"at_s\":%s,\"window_s\":30,\"prefill\":{\"desired\":2,\"ready\":2,\"starting\":0,"
                        + "\"pending\":0,\"draining\":0},\"decode\":{\"desired\":4,\"ready\":4,"
                        + "\"starting\":0,\"pending\":0,\"draining\":0},\"traffic\":{\"arrived\":1500,"
                        + "\"isl_mean\":3000,\"osl_mean\":250}}",
                at);
    }

    @Test
    void the_service_reply_shows_its_defaults() throws Exception {
        var reply = send(service(""));
        assertThat(reply.get("line").asInt()).isEqualTo(1);
        assertThat(reply.get("reason").asText()).isEqualTo("CONFIGURED");
        var shown = reply.at("/explanation/service");
        assertThat(shown.get("precision").asText()).isEqualTo("nvfp4");
        assertThat(shown.at("/slo/percentile").asInt()).isEqualTo(95);
        assertThat(shown.at("/decode/kv_tokens").asDouble()).isPositive();
        assertThat(reply.get("prefill").isNull()).isTrue();
    }

    @Test
    void an_all_reduce_that_nobody_measured_is_warned_of_and_its_floor_can_be_set()
            throws Exception {
        String wide = ",\"decode\":{\"parallel\":\"tp16\"}";
        var usual = send(wide("gb200", wide));
        assertThat(usual.get("warnings")).hasSize(1);
        assertThat(usual.at("/warnings/0").asText())
                .contains("decode tp16", "gb200", "end at 4", "all_reduce_floor_us");
        assertThat(usual.at("/explanation/service/all_reduce_floor_us").asDouble()).isZero();
        var floored = send(wide("gb200", wide + ",\"all_reduce_floor_us\":48"));
        assertThat(floored.at("/warnings/0").asText()).contains("taken are 48.0 us");
        assertThat(floored.at("/explanation/service/all_reduce_floor_us").asDouble()).isEqualTo(48);
        assertThat(floored.get("state")).isNotEqualTo(usual.get("state"));
        assertThat(send(wide("gb300", wide)).at("/warnings/0").asText()).contains("end at 4");
        assertThat(send(wide("gb200", ",\"decode\":{\"parallel\":\"tp4\"}")).get("warnings"))
                .isEmpty();
        assertThat(send(wide("gb200", ",\"all_reduce_floor_us\":-1")).get("error").asText())
                .contains("all_reduce_floor_us");
    }

    @Test
    void what_one_role_gives_the_other_is_told_apart_from_what_is_started() throws Exception {
        String full = service(SWITCHING).replace("32", "12");
        var shown = send(full).at("/explanation/service");
        assertThat(shown.get("actuation").asText()).isEqualTo("switch");
        assertThat(shown.at("/switching/seconds").asDouble()).isEqualTo(8);
        assertThat(shown.at("/switching/at_once").asInt()).isEqualTo(1);
        send(starved(30));
        var reply = send(starved(60));
        int more = reply.get("prefill").asInt() - 2;
        assertThat(more).isPositive();
        assertThat(reply.get("decode").asInt()).isEqualTo(4 - more);
        assertThat(reply.at("/switch/to_prefill").asInt()).isEqualTo(more);
        assertThat(reply.at("/switch/to_decode").asInt()).isZero();
        assertThat(reply.at("/explanation/move/phase").asText()).isEqualTo("SWITCHING");
    }

    @Test
    void clients_that_do_not_switch_see_no_switch() throws Exception {
        assertThat(send(service("")).at("/explanation/service").has("actuation")).isFalse();
        send(starved(30));
        assertThat(send(starved(60)).has("switch")).isFalse();
    }

    @Test
    void replicas_of_two_widths_and_a_way_that_there_is_not_are_refused() throws Exception {
        String two = ",\"prefill\":{\"parallel\":\"tp2\"},\"decode\":{\"parallel\":\"tp4\"}";
        assertThat(send(service(",\"actuation\":\"both\"" + two)).get("error").asText())
                .contains("actuation (both)", "prefill replica has 2 GPUs", "decode replica 4");
        assertThat(send(service(",\"actuation\":\"swap\"")).get("error").asText())
                .contains("actuation (swap) must be scale, switch or both");
        assertThat(
                        send(service(SWITCHING.replace("\"seconds\":8", "\"seconds\":-1")))
                                .get("error")
                                .asText())
                .contains("seconds");
    }

    @Test
    void options_and_behavior_are_taken_shown_and_kept_by_a_later_refusal() throws Exception {
        String more =
                ",\"options\":{\"minGain\":0.2},\"min_budget_gpus\":8,\"behavior\":{\"decode\":"
                        + "{\"scaleUp\":{\"policies\":[{\"type\":\"Pods\",\"value\":1,"
                        + "\"periodSeconds\":60}],\"selectPolicy\":\"Min\",\"tolerance\":0.1,"
                        + "\"stabilizationWindowSeconds\":30}}}";
        var reply = send(service(more));
        var shown = reply.at("/explanation/service");
        assertThat(shown.at("/options/minGain").asDouble()).isEqualTo(0.2);
        assertThat(shown.at("/options/maxStepReplicas").asInt()).isEqualTo(64);
        assertThat(shown.get("min_budget_gpus").asInt()).isEqualTo(8);
        assertThat(shown.at("/behavior/decode/scaleUp"))
                .isEqualTo(
                        json(
                                "{\"stabilizationWindowSeconds\":30,\"policies\":[{\"type\":"
                                        + "\"Replicas\",\"value\":1,\"periodSeconds\":60}],"
                                        + "\"selectPolicy\":\"Min\",\"tolerance\":0.1}"));
        assertThat(reply.get("warnings")).isEmpty();
        refused(
                ",\"options\":{\"minGian\":1}",
                "options.minGian (1) is not known",
                "minGain (0 to 1)");
        refused(",\"options\":{\"minGain\":2}", "options.minGain (2) must be a number from 0 to 1");
        refused(
                ",\"options\":{\"maxStepReplicas\":1.5}",
                "options.maxStepReplicas (1.5) must be a whole number from 1 to 100000");
        refused(
                ",\"behavior\":{\"decoder\":{}}",
                "behavior.decoder ({}) is not known",
                "prefill, decode");
        refused(up("\"selectPolicy\":\"max\""), "scaleUp.selectPolicy", "Max, Min, Disabled");
        refused(up("\"tolerance\":2"), "scaleUp.tolerance (2) must be between 0 and 1");
        refused(
                up("\"window\":2"),
                "scaleUp.window (2) is not known",
                "stabilizationWindowSeconds");
        refused(
                up("\"stabilizationWindowSeconds\":3601"),
                "stabilizationWindowSeconds (3601) must be between 0 and 3600");
        refused(up("\"policies\":{}"), "scaleUp.policies ({}) must be a list");
        refused(up("\"policies\":[7]"), "scaleUp.policies[0] (7) must be an object");
        refused(up(policy("Pod", 1, 60)), "policies[0].type", "Replicas, Pods, Percent");
        refused(up(policy("Pods", 0, 60)), "policies[0].value (0) must be between 1 and 1000000");
        refused(up(policy("Pods", 1, 1801)), "policies[0].periodSeconds (1801)", "1 and 1800");
        refused(
                ",\"min_budget_gpus\":40",
                "min_budget_gpus (40) must be between 0 and budget_gpus (32)");
        assertThat(send("{\"at_s\":0}").get("decision").asText()).isEqualTo("hold");
    }

    private void refused(String more, String... parts) throws Exception {
        assertThat(send(service(more)).path("error").asText()).contains(parts);
    }

    private static String up(String rules) {
        return ",\"behavior\":{\"prefill\":{\"scaleUp\":{%s}}}".formatted(rules);
    }

    private static String policy(String type, int value, int period) {
        return "\"policies\":[{\"type\":\"%s\",\"value\":%d,\"periodSeconds\":%d}]"
                .formatted(type, value, period);
    }

    private static String wide(String gpu, String more) {
        return service(more + ",\"prefill\":{\"parallel\":\"tp4\"}").replace("b200", gpu);
    }

    @Test
    void time_alone_holds_with_a_reason_and_repeats_the_last_counts() throws Exception {
        send(service(""));
        var first = send("{\"at_s\":0}");
        assertThat(first.get("decision").asText()).isEqualTo("hold");
        assertThat(first.get("reason").asText()).isEqualTo("FLEET_UNKNOWN");
        send(starved(30));
        var later = send("{\"at_s\":60}");
        assertThat(later.get("prefill").asInt()).isEqualTo(2);
        assertThat(later.get("decode").asInt()).isEqualTo(4);
    }

    @Test
    void means_and_counts_alone_make_a_move() throws Exception {
        send(service(""));
        assertThat(send(starved(30)).get("decision").asText()).isEqualTo("hold");
        var reply = send(starved(60));
        assertThat(reply.get("decision").asText()).isEqualTo("resize");
        assertThat(reply.get("prefill").asInt()).isGreaterThan(2);
        assertThat(reply.get("prefill").asInt() + Math.max(4, reply.get("decode").asInt()))
                .isLessThanOrEqualTo(32);
    }

    @Test
    void bad_lines_name_what_is_wrong_and_change_nothing() throws Exception {
        assertThat(send("{\"at_s\":0}").get("error").asText()).contains("ratematch");
        send(service(""));
        send(starved(30));
        for (String[] bad :
                new String[][] {
                    {"nope", "not JSON"},
                    {"", "not a JSON object"},
                    {"[1]", "not a JSON object"},
                    {"{\"at_s\":NaN}", "not JSON"},
                    {"{\"at_s\":1e999}", "at_s"},
                    {"{\"window_s\":30}", "at_s"},
                    {"{\"at_s\":30}", "at_s"},
                    {"{\"at_s\":29}", "at_s"},
                    {"{\"at_s\":60,\"prefill\":{\"ready\":\"2\"}}", "prefill.ready"},
                    {"{\"at_s\":60,\"prefill\":{\"ready\":1.5}}", "prefill.ready"},
                    {"{\"at_s\":60,\"decode\":{\"kv_used\":2}}", "decode.kv_used"},
                    {"{\"at_s\":60,\"decode\":[]}", "decode"},
                    {"{\"at_s\":60,\"traffic\":{\"ttft_ms\":5}}", "traffic.ttft_ms"},
                    {"{\"ratematch\":2}", "ratematch"},
                    {service(",\"state\":\"x\""), "state"},
                    {service(",\"engine\":\"vlm\""), "vllm"},
                    {service("").replace("70b", "70x"), "llama-3.1-70b"},
                    {service("").replace(":32", ":1"), "1 are missing"},
                }) {
            assertThat(send(bad[0]).path("error").asText()).as(bad[0]).contains(bad[1]);
        }
        assertThat(send(starved(60)).get("decision").asText()).isEqualTo("resize");
    }

    @Test
    void unknown_fields_are_named_once() throws Exception {
        assertThat(send(service(",\"colour\":1")).get("warnings")).hasSize(1);
        assertThat(send("{\"at_s\":1,\"decode\":{\"foo\":2}}").at("/warnings/0").asText())
                .contains("decode.foo");
        assertThat(send("{\"at_s\":2,\"decode\":{\"foo\":2}}").get("warnings")).isEmpty();
    }

    @Test
    void state_resumes_an_open_move_as_if_nothing_had_happened() throws Exception {
        send(service(""));
        send(starved(30));
        var moved = send(starved(60));
        var other = new StepFilter();
        other.line(service(",\"state\":\"" + moved.get("state").asText() + "\""));
        var here = send(starved(90));
        var there = json(other.line(starved(90)));
        assertThat(there.get("reason").asText()).isEqualTo("MOVE_IN_PROGRESS");
        assertThat(there.get("prefill")).isEqualTo(here.get("prefill"));
        assertThat(there.get("state")).isEqualTo(here.get("state"));
    }

    @Test
    void a_second_service_goes_on_with_the_open_move_that_it_allows() throws Exception {
        send(service(""));
        send(starved(30));
        send(starved(60));
        assertThat(send(service("").replace(":30}", ":25}")).get("warnings")).isEmpty();
        assertThat(send(starved(90)).get("reason").asText()).isEqualTo("MOVE_IN_PROGRESS");
        var narrow = send(service("").replace(":32", ":12"));
        assertThat(narrow.at("/warnings/0").asText())
                .startsWith("The move from 2P4D to ")
                .endsWith("the budget is 12.");
        assertThat(send(starved(120)).get("reason").asText()).isNotEqualTo("MOVE_IN_PROGRESS");
    }

    @Test
    void other_widths_and_a_foreign_state_end_the_open_move() throws Exception {
        send(service(""));
        send(starved(30));
        var moved = send(starved(60));
        String wide = service(",\"decode\":{\"parallel\":\"tp2\"}");
        String state = ",\"state\":\"" + moved.get("state").asText() + "\"";
        assertThat(send(wide).at("/warnings/0").asText())
                .contains("a decode replica holds 2 GPUs now, not 1");
        var foreign = json(new StepFilter().line(wide.replace("}}", "}" + state + "}")));
        assertThat(foreign.at("/warnings/0").asText())
                .contains("the state is that of another service");
    }

    @Test
    void a_second_service_starts_the_estimates_again() throws Exception {
        send(service(""));
        send(starved(30));
        send(service("").replace(":32", ":16"));
        assertThat(send(starved(60)).get("reason").asText()).isEqualTo("WARMING_UP");
    }
}
