package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolReaderTest {

    private static final FleetCounts ONE = FleetCounts.steady(1);

    private static ScrapeHistory history(Source source, String... bodies) {
        var history = new ScrapeHistory(source, 60, 40);
        for (int i = 0; i < bodies.length; i++) {
            history.append(15 * i, List.of(RealScrapes.pod("pod", bodies[i], source)));
        }
        return history;
    }

    private static Snapshot read(String prefill, String decode, String frontend) {
        return new EngineReader(95, 15)
                .read(
                        0,
                        history(Source.PREFILL, prefill),
                        history(Source.DECODE, decode),
                        history(Source.FRONTEND, frontend),
                        ONE,
                        ONE);
    }

    private static String vllm(int running, int waiting) {
        return """
        vllm:num_requests_running %d
        vllm:num_requests_waiting %d
        """
                .formatted(running, waiting);
    }

    private static final String ROUTER =
            """
            dynamo_frontend_inflight_requests{model="m"} 20
            dynamo_frontend_worker_active_prefill_tokens{worker_type="prefill"} 4000
            dynamo_frontend_router_queue_pending_requests{worker_type="prefill"} 7
            dynamo_frontend_router_queue_pending_requests{worker_type="decode"} 2
            dynamo_frontend_router_queue_pending_isl_tokens{worker_type="prefill"} 21000
            dynamo_frontend_router_queue_pending_isl_tokens{worker_type="decode"} 6000
            """;

    @Test
    void whatTheRouterHoldsBackQueuesForItsRole() {
        var seen = read(vllm(1, 3), vllm(5, 4), ROUTER);

        assertThat(seen.prefill().queuedRequests()).isEqualTo(Reading.of(10));
        assertThat(seen.prefill().queuedTokens()).isEqualTo(Reading.of(25_000));
        assertThat(seen.decode().queuedRequests()).isEqualTo(Reading.of(6));
        assertThat(seen.decode().runningRequests()).isEqualTo(Reading.of(5));
    }

    @Test
    void flowControlOfTheEndpointPickerIsAQueueBeforePrefill() {
        String picker =
                """
                llm_d_epp_request_running{model_name="m"} 20
                %s_flow_control_queue_size{priority="0"} 4
                %s_flow_control_queue_size{priority="-10"} 5
                """;
        for (String prefix : List.of("llm_d_epp", "inference_extension")) {
            var seen = read(vllm(1, 3), vllm(5, 0), picker.replace("%s", prefix));

            assertThat(seen.prefill().queuedRequests()).isEqualTo(Reading.of(12));
            assertThat(seen.decode().queuedRequests()).isEqualTo(Reading.of(0));
        }
    }

    /// Inflight has those that wait in the worker, so it is not what runs where both are told.
    @Test
    void aWorkersOwnQueueIsCountedOnce() {
        String worker =
                """
                dynamo_component_inflight_requests{dynamo_endpoint="generate"} 12
                dynamo_component_inflight_requests{dynamo_endpoint="clear"} 1
                """;
        String telling = worker + "dynamo_engine_request 8\ndynamo_request_queue 4\n";
        String frontend = "dynamo_frontend_inflight_requests 20\n";
        var told = read(telling, telling + vllm(7, 1), frontend);
        var untold = read(worker, worker, frontend);

        assertThat(told.prefill().runningRequests()).isEqualTo(Reading.of(8));
        assertThat(told.prefill().queuedRequests()).isEqualTo(Reading.of(4));
        assertThat(told.decode().runningRequests()).isEqualTo(Reading.of(7));
        assertThat(told.decode().queuedRequests()).isEqualTo(Reading.of(5));
        assertThat(untold.prefill().runningRequests()).isEqualTo(Reading.of(12));
        assertThat(untold.prefill().queuedRequests()).isInstanceOf(Reading.Unknown.class);
    }

    /// Stages are the deferred ones again.
    @Test
    void stagesOfAKvFetchStandInForTheReason() {
        String stages =
                """
                vllm:num_requests_kv_fetch_by_stage{stage="waiting_to_start"} 1
                vllm:num_requests_kv_fetch_by_stage{stage="in_progress"} 2
                vllm:num_requests_kv_fetch_by_stage{stage="completed_waiting"} 1
                """;
        String reason = "vllm:num_requests_waiting_by_reason{reason=\"deferred\"} 4\n";
        for (String more : List.of(stages, reason, stages + reason)) {
            var seen = read(vllm(1, 0), vllm(5, 6) + more, "dynamo_frontend_inflight_requests 1\n");

            assertThat(seen.decode().waitingForKv()).isEqualTo(Reading.of(4));
            assertThat(seen.decode().queuedRequests()).isEqualTo(Reading.of(2));
        }
    }

    @Test
    void theKvPoolIsTheEnginesElseItsBlocksElseTheFrontends() {
        String frontend =
                """
                dynamo_frontend_inflight_requests{model="a"} 1
                dynamo_frontend_model_total_kv_blocks{model="a"} 4096
                dynamo_frontend_model_kv_cache_block_size{model="a"} 16
                """;
        String blocks = "dynamo_component_total_blocks{dp_rank=\"0\",model=\"a\"} 1000\n";
        String config =
                "vllm:cache_config_info{block_size=\"16\",num_gpu_blocks=\"9\",kv_cache_size_tokens=\"77\"} 1\n";

        assertThat(kv(vllm(1, 0), frontend)).isEqualTo(Reading.of(65_536));
        assertThat(kv(vllm(1, 0) + blocks, frontend)).isEqualTo(Reading.of(16_000));
        assertThat(kv(vllm(1, 0) + blocks + config, frontend)).isEqualTo(Reading.of(77));
        assertThat(kv(vllm(1, 0), "dynamo_frontend_inflight_requests 1\n"))
                .isInstanceOf(Reading.Unknown.class);
    }

    /// Each model's blocks are of its own size: 100 of 16 and 50 of 64 are 2,400 on average.
    @Test
    void blocksOfTwoModelsAreNotMultipliedAcross() {
        String frontend =
                """
                dynamo_frontend_inflight_requests{model="a"} 1
                dynamo_frontend_model_total_kv_blocks{model="a"} 100
                dynamo_frontend_model_total_kv_blocks{model="b"} 50
                dynamo_frontend_model_kv_cache_block_size{model="a"} 16
                dynamo_frontend_model_kv_cache_block_size{model="b"} 64
                """;

        assertThat(kv(vllm(1, 0), frontend)).isEqualTo(Reading.of(2400));
    }

    private static Reading kv(String decode, String frontend) {
        return read(vllm(1, 0), decode, frontend).decode().kvCapacityTokens();
    }

    /// Decode's refusals have been counted as arrived by prefill; they are refused all the same.
    @Test
    void bothRolesRefuse() {
        String before = vllm(0, 0) + "vllm:admission_rejections_total{reason=\"tokens\"} 0\n";
        String after = vllm(0, 0) + "vllm:admission_rejections_total{reason=\"tokens\"} 3\n";
        var seen =
                new EngineReader(95, 15)
                        .read(
                                15,
                                history(Source.PREFILL, before, after),
                                history(Source.DECODE, before, after),
                                null,
                                ONE,
                                ONE);

        assertThat(seen.traffic().rejected()).isEqualTo(Reading.of(6));
    }

    /// Between 0 and 30 s: 10 s from 0 to 10 on average 5, then 20 s from 10 to 40 on average 25.
    @Test
    void occupancyWeighsEachLookByItsTime() {
        var history = new ScrapeHistory(Source.DECODE, 60, 40);
        int[] seconds = {0, 10, 30};
        int[] running = {0, 10, 40};
        for (int i = 0; i < 3; i++) {
            var pod = RealScrapes.pod("d", vllm(running[i], 0), Source.DECODE);
            history.append(seconds[i], List.of(pod));
        }
        var none = history(Source.PREFILL, vllm(0, 0));
        var seen = new EngineReader(95, 30).read(30, none, history, null, ONE, ONE).decode();

        assertThat(seen.runningRequests()).isEqualTo(Reading.of(40));
        assertThat(seen.occupancy().mean()).isEqualTo(Reading.of((10 * 5 + 20 * 25) / 30.0));
        assertThat(seen.occupancy().looks()).isEqualTo(3);
    }
}
