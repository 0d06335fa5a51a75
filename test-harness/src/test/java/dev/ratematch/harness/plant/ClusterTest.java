package dev.ratematch.harness.plant;

import static dev.ratematch.harness.plant.Plants.SECOND;
import static dev.ratematch.harness.plant.Plants.exact;
import static dev.ratematch.harness.plant.Plants.exposed;
import static dev.ratematch.harness.plant.Plants.llama;
import static dev.ratematch.harness.plant.Plants.poisson;
import static dev.ratematch.harness.plant.Plants.request;
import static dev.ratematch.harness.plant.Plants.running;
import static dev.ratematch.harness.plant.Plants.withKv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.traffic.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClusterTest {

    @Test
    void one_request_takes_the_sum_of_its_parts() {
        var settings = exact(llama(32));
        var cluster = running(settings, Plants.of(request(0, 1000, 11)), 1, 1);
        cluster.runUntil(10 * SECOND);
        var s = settings.prefill().steps();
        double transfer = 1000 * settings.kvBytesPerToken() / 100e9 + 0.002;
        double first = s.prefillSeconds(1000, 1e6) + transfer + s.decodeSeconds(1, 1000);
        double rest = 0;
        for (int i = 1; i <= 10; i++) {
            rest += s.decodeSeconds(1, 1000 + i);
        }
        assertThat(cluster.log().firstTokenNanos(0) / 1e9).isCloseTo(first, within(1e-6));
        assertThat(cluster.log().endNanos(0) / 1e9).isCloseTo(first + rest, within(1e-6));
    }

    @Test
    void same_seed_same_bytes_and_another_seed_other_bytes() throws Exception {
        assertThat(digest(1)).isEqualTo(digest(1)).isNotEqualTo(digest(2));
    }

    private static String digest(long seed) throws Exception {
        var trace = poisson(20, 120, 1500, 200, 7);
        var exposed = exposed(llama(32).withSeed(seed), trace, 2, 3);
        var cluster = exposed.cluster();
        var sha = MessageDigest.getInstance("SHA-256");
        for (int t = 10; t <= 200; t += 10) {
            if (t == 50) {
                cluster.scale(Role.PREFILL, 3);
                cluster.scale(Role.DECODE, 2);
            }
            cluster.runUntil(t * SECOND);
            exposed.scrape(
                    Role.DECODE, (_, body) -> sha.update(body.getBytes(StandardCharsets.UTF_8)));
            sha.update(exposed.scrapeFrontend().getBytes(StandardCharsets.UTF_8));
        }
        for (int i = 0; i < trace.requests().size(); i++) {
            sha.update(Long.toString(cluster.log().endNanos(i)).getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    @Test
    void scraping_between_steps_changes_nothing() {
        var trace = poisson(20, 60, 1500, 200, 7);
        var watched = exposed(llama(32), trace, 2, 3);
        var alone = running(llama(32), trace, 2, 3);
        for (int t = 1; t <= 900; t++) {
            watched.cluster().runUntil(t * SECOND / 10);
            watched.scrapeFrontend();
        }
        alone.runUntil(90 * SECOND);
        for (int i = 0; i < trace.requests().size(); i++) {
            assertThat(watched.cluster().log().endNanos(i)).isEqualTo(alone.log().endNanos(i));
        }
    }

    @Test
    void every_request_is_complete_inside_or_lost_and_gpus_never_exceed_the_cluster() {
        var trace = poisson(60, 300, 2000, 150, 3);
        var cluster = running(llama(32), trace, 8, 8);
        var random = new SplittableRandom(5);
        for (int t = 5; t <= 400; t += 5) {
            cluster.runUntil(t * SECOND);
            cluster.scale(Role.PREFILL, 1 + random.nextInt(12));
            cluster.scale(Role.DECODE, 1 + random.nextInt(12));
            assertThat(cluster.gpusHeld()).isLessThanOrEqualTo(32);
            var log = cluster.log();
            assertThat(log.completed() + log.dropped() + cluster.inside())
                    .isEqualTo(cluster.offered());
        }
        cluster.runUntil(3000 * SECOND);
        assertThat(cluster.inside()).isZero();
        assertThat(cluster.log().dropped()).isZero();
        assertThat(cluster.log().completed()).isEqualTo(trace.requests().size());
    }

    @Test
    void at_equal_batch_itl_rises_with_context() {
        double shortContext = itlAt(1000);
        double longContext = itlAt(20_000);
        assertThat(longContext).isGreaterThan(1.2 * shortContext);
    }

    private static double itlAt(int isl) {
        var requests = new Request[16];
        for (int i = 0; i < 16; i++) {
            requests[i] = request(0, isl, 400);
        }
        var cluster = running(exact(llama(32)), Plants.of(requests), 8, 1);
        cluster.runUntil(100 * SECOND);
        var log = cluster.log();
        return (log.endNanos(15) - log.firstTokenNanos(15)) / 1e9 / 399;
    }

    @Test
    void first_token_at_128k_takes_more_than_16_times_that_at_8k() {
        assertThat(ttft(131_072)).isGreaterThan(16 * ttft(8192));
    }

    private static double ttft(int isl) {
        var cluster = running(exact(llama(32)), Plants.of(request(0, isl, 1)), 1, 1);
        cluster.runUntil(200 * SECOND);
        return cluster.log().firstTokenNanos(0) / 1e9;
    }

    @Test
    void short_prompts_share_an_iteration_and_long_ones_are_chunked() {
        var settings = exact(llama(32));
        var many = new Request[9];
        many[0] = request(0, 100, 1);
        for (int i = 1; i < 9; i++) {
            many[i] = request(0.001, 1000, 1);
        }
        var cluster = running(settings, Plants.of(many), 1, 1);
        cluster.runUntil(SECOND);
        var steps = settings.prefill().steps();
        double both =
                steps.prefillSeconds(100, 100 * 100) + steps.prefillSeconds(8000, 8 * 1000 * 1000);
        assertThat(cluster.log().firstTokenNanos(8) / 1e9).isBetween(both, both + 0.04);
    }

    @Test
    void a_starved_decode_fills_prefill_with_kv_that_nobody_reads() {
        var settings = withKv(llama(32), 60_000, 20_000);
        var trace = poisson(40, 60, 2000, 400, 11);
        var cluster = running(settings, trace, 2, 1);
        cluster.runUntil(60 * SECOND);
        assertThat(cluster.serving(Role.PREFILL))
                .hasSize(2)
                .allMatch(pod -> pod.state().kvUsed() > 0.9 && pod.state().held() > 0);
        assertThat(cluster.load(Role.DECODE).waiting()).isGreaterThan(20);
    }

    @Test
    void sequences_that_outgrow_kv_are_preempted_and_still_complete() {
        var settings = withKv(llama(32), 100_000, 9_000);
        var requests = new Request[8];
        for (int i = 0; i < 8; i++) {
            requests[i] = request(0, 1000, 1000);
        }
        var exposed = exposed(settings, Plants.of(requests), 1, 1);
        var cluster = exposed.cluster();
        cluster.runUntil(300 * SECOND);
        assertThat(cluster.log().completed()).isEqualTo(8);
        exposed.scrape(
                Role.DECODE,
                (_, body) ->
                        assertThat(value(body, "vllm:num_preemptions_total")).isGreaterThan(0));
    }

    @Test
    void layerwise_transfer_hides_behind_prefill_and_pull_does_not() {
        double pull = ttftOver(KvLink.Mode.PULL);
        double push = ttftOver(KvLink.Mode.PUSH);
        double layerwise = ttftOver(KvLink.Mode.LAYERWISE);
        assertThat(push).isCloseTo(pull, within(1e-6));
        double whole = 30_000 * 163_840.0 / (2 * 5e9);
        assertThat(pull - layerwise).isBetween(0.9 * whole, whole);
    }

    private static double ttftOver(KvLink.Mode mode) {
        var base = llama(32);
        var slow = new KvLink(5e9, mode, 0.002);
        var settings = Plants.with(base, slow, 0, base.prefill(), base.decode());
        var cluster = running(settings, Plants.of(request(0, 30_000, 1)), 1, 1);
        cluster.runUntil(60 * SECOND);
        return cluster.log().firstTokenNanos(0) / 1e9;
    }

    @Test
    void transfers_share_a_nic_fairly() {
        var base = llama(32);
        var slow = new KvLink(1e9, KvLink.Mode.PULL, 0);
        var settings = Plants.with(base, slow, 0, base.prefill(), base.decode());
        var cluster =
                running(
                        settings,
                        Plants.of(request(0, 4000, 1), request(0, 4000, 1)),
                        2,
                        1); // two sources, one sink: the sink's NIC is shared
        cluster.runUntil(60 * SECOND);
        double alone = 4000 * 163_840.0 / 2e9;
        double prefill = settings.prefill().steps().prefillSeconds(4000, 16e6);
        assertThat(cluster.log().firstTokenNanos(1) / 1e9 - prefill)
                .isBetween(2 * alone, 2 * alone + 0.05);
    }

    @Test
    void a_warm_prefix_is_not_computed_again_and_the_router_finds_it() {
        var prefix = new Request.Prefix(512, new long[] {1, 2, 3, 4, 5, 6, 7});
        var first = new Request(0, 4000, 1, prefix);
        var second = new Request(5 * SECOND, 4000, 1, prefix);
        var settings = exact(llama(32));
        settings = Plants.routed(settings, PlantSettings.Router.PREFIX_AWARE);
        var cluster = running(settings, Plants.of(first, second), 4, 1);
        cluster.runUntil(20 * SECOND);
        double cold = cluster.log().firstTokenNanos(0) / 1e9;
        double warm = (cluster.log().firstTokenNanos(1) - 5 * SECOND) / 1e9;
        assertThat(warm).isLessThan(0.5 * cold);
    }

    private static double value(String body, String name) {
        return body.lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
