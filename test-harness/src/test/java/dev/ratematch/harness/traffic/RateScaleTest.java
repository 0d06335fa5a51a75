package dev.ratematch.harness.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateScaleTest {

    private static final long SECOND = 1_000_000_000L;

    /// One request every half second, its length telling its place.
    private static Trace even(int requests) {
        var list = new ArrayList<Request>();
        for (int i = 0; i < requests; i++) {
            list.add(new Request(i * SECOND / 2, 1 + i, 10, Request.NONE));
        }
        return new Trace("even", list, requests * SECOND / 2);
    }

    @Test
    void copies_follow_the_factor_and_stay_near_their_origin() {
        var scaled = RateScale.by(even(2000), 3.5, 1).trace();
        assertThat(scaled.requests().size()).isBetween(6900, 7100);
        assertThat(scaled.durationNanos()).isEqualTo(1000 * SECOND);
        for (var request : scaled.requests()) {
            double origin = (request.inputTokens() - 1) / 2.0;
            // Fifty neighbours lie within 12.5 s to each side, the offset within one.
            assertThat(request.arrivalNanos() / 1e9).isCloseTo(origin, within(27.0));
        }
        assertThat(RateScale.by(even(2000), 0.5, 1).trace().requests().size()).isBetween(900, 1100);
        assertThat(RateScale.by(even(100), 1, 1).trace().requests())
                .isEqualTo(even(100).requests());
    }

    @Test
    void a_copy_lies_within_a_span_of_two_seconds_around_its_origin() {
        // One request every ten seconds, so that it is plain whose copy a request is.
        var list = new ArrayList<Request>();
        for (int i = 0; i < 200; i++) {
            list.add(new Request((10 * i + 5) * SECOND, 100, 10, Request.NONE));
        }
        var scaled = RateScale.by(new Trace("sparse", list, 2000 * SECOND), 20, 1).trace();
        assertThat(scaled.requests()).hasSize(4000);
        double nearest = 1;
        double farthest = 0;
        for (var request : scaled.requests()) {
            double offset = Math.abs(request.arrivalNanos() / 1e9 % 10 - 5);
            nearest = Math.min(nearest, offset);
            farthest = Math.max(farthest, offset);
        }
        assertThat(farthest).isBetween(0.99, 1.0);
        assertThat(nearest).as("the request itself keeps its place").isZero();
    }

    @Test
    void lengths_of_a_copy_are_those_of_one_of_the_fifty_nearest_in_time() {
        // Rows half a second apart whose input tells their place, and whose output repeats it.
        var list = new ArrayList<Request>();
        for (int i = 0; i < 2000; i++) {
            list.add(new Request(i * SECOND / 2, 1 + i, 1 + i, Request.NONE));
        }
        var scaled = RateScale.by(new Trace("told", list, 1000 * SECOND), 20, 1).trace();
        double farthest = 0;
        for (var request : scaled.requests()) {
            assertThat(request.outputTokens())
                    .as("input and output are of one row")
                    .isEqualTo(request.inputTokens());
            double place = request.arrivalNanos() / (SECOND / 2.0);
            if (place > 100 && place < 1900) { // near an end all fifty lie to one side
                farthest = Math.max(farthest, Math.abs(request.inputTokens() - 1 - place));
            }
        }
        // 25 rows to either side, and up to two more by the offset of a second.
        assertThat(farthest).isBetween(25.0, 27.0);
    }

    @Test
    void the_same_seed_gives_the_same_traffic() {
        var first = RateScale.by(even(200), 2.5, 7).trace();
        assertThat(RateScale.by(even(200), 2.5, 7).trace().requests()).isEqualTo(first.requests());
        assertThat(RateScale.by(even(200), 2.5, 8).trace().requests())
                .isNotEqualTo(first.requests());
    }

    @Test
    void auto_brings_the_heaviest_five_minutes_of_each_segment_to_four_fifths_of_the_budget() {
        var quiet = new Segment("quiet", 0, 600 * SECOND);
        var busy = new Segment("busy", 600 * SECOND, 1200 * SECOND);
        var list = new ArrayList<Request>();
        for (int i = 0; i < 600; i++) {
            list.add(new Request(i * SECOND, 100, 10, Request.NONE));
        }
        for (int i = 0; i < 2400; i++) {
            list.add(new Request(600 * SECOND + i * SECOND / 4, 100, 10, Request.NONE));
        }
        var trace = new Trace("two", list, 1200 * SECOND, List.of(quiet, busy));
        var scaled = RateScale.auto(trace, 40, (requests, seconds) -> requests.size() / seconds, 1);
        assertThat(scaled.factors().get(0)).isCloseTo(32, within(0.5));
        assertThat(scaled.factors().get(1)).isCloseTo(8, within(0.1));
    }

    @Test
    void dispersion_is_one_for_equal_spacing_of_chance_and_zero_for_a_clock() {
        assertThat(Dispersion.of(even(2000), 10)).isZero();
        var poisson = Generators.generate("steady", 3, 3600);
        assertThat(Dispersion.of(poisson, 1)).isCloseTo(1, within(0.15));
    }

    @Test
    void the_trace_of_code_and_reasoning_is_small_has_three_long_segments_and_can_be_spliced_again()
            throws IOException {
        var trace = CodeReasoningSplice.load();
        assertThat(trace.segments())
                .extracting(Segment::name)
                .containsExactly("code", "reasoning", "code-again");
        assertThat(trace.segments()).allSatisfy(s -> assertThat(s.seconds()).isGreaterThan(900));
        byte[] shipped;
        try (var in =
                CodeReasoningSplice.class.getResourceAsStream("code-reasoning-splice.csv.gz")) {
            shipped = in == null ? new byte[0] : in.readAllBytes();
        }
        assertThat(shipped.length).isBetween(1, 250_000);
        var root = Path.of(System.getProperty("ratematch.root", "."));
        var given = System.getenv("RATEMATCH_SHARED");
        var shared = given == null ? root.resolve("../shared") : Path.of(given);
        if (Files.isDirectory(shared.resolve("traces"))) {
            assertThat(CodeReasoningSplice.splice(shared.resolve("traces"))).isEqualTo(shipped);
        } else {
            System.out.println("No shared traces here: checked the shipped trace only.");
        }
    }
}
