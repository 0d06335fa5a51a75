package dev.ratematch.controller.telemetry.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CatalogueTest {

    private final Catalogue catalogue = Catalogue.shipped();

    private Dialect dialect(String name) {
        return catalogue.dialects().stream().filter(d -> d.name().equals(name)).findFirst().get();
    }

    @Test
    void holdsEveryDialectAndEveryFactIsToldBySome() {
        assertThat(catalogue.dialects())
                .extracting(Dialect::name)
                .containsExactly(
                        "vllm",
                        "sglang",
                        "trtllm",
                        "triton",
                        "dynamo-worker",
                        "dynamo-frontend",
                        "llm-d");
        assertThat(catalogue.engines()).containsExactly("vllm", "sglang", "trtllm", "triton");
        var told = EnumSet.noneOf(Fact.class);
        catalogue.dialects().forEach(d -> d.rows().forEach(row -> told.add(row.fact())));
        assertThat(told).isEqualTo(EnumSet.allOf(Fact.class));
    }

    @Test
    void noNameBelongsToTwoDialects() {
        var seen = new TreeSet<String>();
        for (var dialect : catalogue.dialects()) {
            for (String name : dialect.names()) {
                assertThat(seen.add(name)).as(name).isTrue();
            }
        }
    }

    @Test
    void findsNamesWithOtherPrefixesAndWithAndWithoutTotal() {
        assertThat(catalogue.reads("sglang_num_queue_reqs")).isTrue();
        assertThat(catalogue.reads("vllm:prefix_cache_hits")).isTrue();
        assertThat(catalogue.reads("trtllm:num_requests_running")).isTrue();
        assertThat(catalogue.reads("nv_llm_http_service_requests_total")).isTrue();
        assertThat(catalogue.reads("vllm:request_params_max_tokens_sum")).isFalse();
        assertThat(catalogue.counter("nv_inference_request_success")).isTrue();
        assertThat(catalogue.counter("vllm:num_requests_running")).isFalse();
    }

    @Test
    void theEngineWithTheMostNamesIsThePodsAndWhatWrapsItIsKept() {
        var spoken =
                catalogue.detect(
                        List.of(
                                "vllm:num_requests_running",
                                "vllm:num_requests_waiting",
                                "sglang:num_running_reqs",
                                "dynamo_component_inflight_requests",
                                "go_goroutines"),
                        Source.DECODE);

        assertThat(spoken.dialects())
                .extracting(Dialect::name)
                .containsExactly("vllm", "dynamo-worker");
        assertThat(spoken.reason())
                .isEqualTo(
                        "vLLM by 2 sample names, Dynamo worker by 1 sample names;"
                                + " left aside: 1 of SGLang");
    }

    @Test
    void whatIsNotKnownIsNothingForAReason() {
        assertThat(catalogue.detect(Set.of("go_goroutines"), Source.PREFILL))
                .isEqualTo(
                        new Detection(
                                List.of(), "it exposes no metric that a prefill is known by"));
        assertThat(catalogue.detect(Set.of("vllm:num_requests_running"), Source.FRONTEND).known())
                .isFalse();
        var wrong =
                catalogue
                        .engine("sglang")
                        .detect(Set.of("vllm:num_requests_running"), Source.PREFILL);
        assertThat(wrong.known()).isFalse();
        assertThat(wrong.reason()).contains("engine is set to sglang").contains("1 of vLLM");
    }

    @Test
    void anEngineThatIsNoneIsRefused() {
        assertThatThrownBy(() -> catalogue.engine("vlm"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("engine (vlm) must be auto or one of vllm, sglang, trtllm, triton.");
    }

    @Test
    void sitesMayRenameAFactsMetricOrAPrefix() {
        var changed =
                catalogue.renamed(
                        Map.of(
                                "vllm/waiting", "queue_depth{kind=\"all\"}",
                                "dynamo_frontend_*", "nim_frontend_*"));

        assertThat(changed.reads("queue_depth")).isTrue();
        assertThat(changed.reads("nim_frontend_requests_started_total")).isTrue();
        assertThat(changed.reads("dynamo_frontend_requests_started_total")).isTrue();
        assertThat(
                        changed.dialects()
                                .getFirst()
                                .metrics(Fact.WAITING, Source.PREFILL)
                                .getFirst()
                                .getFirst()
                                .of())
                .isEqualTo(Reference.parse("queue_depth{kind=\"all\"}"));
        assertThatThrownBy(() -> catalogue.renamed(Map.of("waitng", "x")))
                .hasMessageContaining("metrics.waitng renames nothing")
                .hasMessageContaining("waiting-for-kv");
    }

    @Test
    void referencesAreReadWithTheirConditions() {
        var reference = Reference.parse(" a:b_total{x=\"1\", y!~\"p|q\", z=~\"|s\"} ");

        assertThat(reference.name()).isEqualTo("a:b_total");
        assertThat(reference.fits(Map.of("x", "1", "y", "r")::get)).isTrue();
        assertThat(reference.fits(Map.of("x", "1", "y", "q")::get)).isFalse();
        assertThat(reference.fits(Map.of("x", "1", "z", "t")::get)).isFalse();
        assertThat(reference.fits(Map.of("x", "2")::get)).isFalse();
        for (String wrong : List.of("", "1a", "a{x}", "a{x=\"1\"", "a{x=\"1\" y=\"2\"}", "a b")) {
            assertThatThrownBy(() -> Reference.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("names no metric");
        }
    }

    @Test
    void aMisspelledKeyOfTheCatalogueIsRefused() throws JsonProcessingException {
        var json =
                new ObjectMapper()
                        .readTree(
                                """
                                {"dialects": [{"name": "a", "title": "A", "kind": "engine",
                                  "roles": ["decode"], "prefixes": ["a_"], "max-over": [],
                                  "metrics": [{"fact": "running", "metrik": "a_b"}]}]}
                                """);

        assertThatThrownBy(() -> CatalogueReader.dialects(json))
                .hasMessageContaining("metrik")
                .hasMessageContaining("must be one of");
    }

    @Test
    void termsAreAddedAndAlternativesAreNot() {
        var waiting = dialect("sglang").metrics(Fact.WAITING, Source.PREFILL);

        assertThat(waiting).hasSize(2);
        assertThat(waiting.getLast())
                .extracting(m -> m.of().name())
                .contains(
                        "sglang:num_prefill_bootstrap_queue_reqs",
                        "sglang_num_prefill_prealloc_queue_reqs");
    }

    /// Selectors are suggested by what tells that requests run: a Dynamo worker that passes nothing
    /// of its engine on is suggested too.
    @Test
    void aBareDynamoWorkerTellsWhatRuns() {
        var spoken =
                Catalogue.shipped()
                        .detect(List.of("dynamo_component_inflight_requests"), Source.PREFILL);

        assertThat(spoken.dialects()).hasSize(1);
        assertThat(spoken.dialects().getFirst().metrics(Fact.RUNNING, Source.PREFILL).getFirst())
                .extracting(metric -> metric.of().name())
                .contains("dynamo_component_inflight_requests");
    }
}
