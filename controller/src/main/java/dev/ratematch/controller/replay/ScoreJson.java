package dev.ratematch.controller.replay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.ledger.Compared;
import dev.ratematch.controller.ledger.Comparison;
import dev.ratematch.controller.ledger.Entry;
import dev.ratematch.controller.ledger.Promise;
import dev.ratematch.controller.ledger.Scores;
import dev.ratematch.controller.ledger.Tally;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A ledger as JSON. What is unknown is null; docs/journal.md says what each field means.
final class ScoreJson {

    private ScoreJson() {}

    static ObjectNode of(Scores scores) {
        var node = JsonNodeFactory.instance.objectNode();
        var all = node.putArray("recommendations");
        scores.entries().forEach(entry -> all.add(entry(entry)));
        var medians = node.putObject("median_error");
        medians.set("as_it_came", medians(scores, Entry::asItCame));
        medians.set("as_said", medians(scores, Entry::asSaid));
        return node;
    }

    private static ObjectNode medians(Scores scores, Function<Entry, Comparison> which) {
        var node = JsonNodeFactory.instance.objectNode();
        median(node, "served", scores, entry -> which.apply(entry).served().error());
        median(node, "ttft_mean", scores, entry -> which.apply(entry).ttft().error());
        median(node, "itl_mean", scores, entry -> which.apply(entry).itl().error());
        return node;
    }

    private static void median(
            ObjectNode node, String name, Scores scores, Function<Entry, OptionalDouble> error) {
        var median = scores.median(error);
        put(node.putObject(name), "error", median.value()).put("of", median.of());
    }

    private static ObjectNode entry(Entry entry) {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("at_s", entry.atSeconds());
        node.put("until_s", entry.untilSeconds());
        node.put("reached_s", entry.reachedSeconds());
        node.putObject("from")
                .put("prefill", entry.from().prefill())
                .put("decode", entry.from().decode());
        node.putObject("to")
                .put("prefill", entry.to().prefill())
                .put("decode", entry.to().decode());
        node.put("fate", entry.fate().name().toLowerCase(Locale.ROOT));
        node.put("end", entry.end().name().toLowerCase(Locale.ROOT));
        promise(node, entry.promise());
        comparison(node.putObject("as_said"), entry.asSaid());
        comparison(node.putObject("as_it_came"), entry.asItCame());
        node.put("steady_windows", entry.steady());
        tally(node.putObject("ignored"), entry.ignored());
        tally(node.putObject("followed"), entry.settled());
        put(node, "gpu_hours_held", entry.gpuHoursHeld());
        put(node, "gpu_hours_recommended", entry.gpuHoursRecommended());
        return node;
    }

    private static void promise(ObjectNode node, @Nullable Promise promise) {
        if (promise == null) {
            node.putNull("promise");
            return;
        }
        var said = node.putObject("promise");
        said.put("expected_requests_per_second", promise.expectedRequestsPerSecond());
        said.put("carried_requests_per_second", promise.carriedRequestsPerSecond());
        said.put("served_share", promise.servedShare());
        put(said, "ttft_mean_s", finite(promise.ttftMeanSeconds()));
        put(said, "ttft_s", finite(promise.ttftSeconds()));
        put(said, "itl_mean_s", finite(promise.itlMeanSeconds()));
    }

    private static void comparison(ObjectNode node, Comparison of) {
        compared(node.putObject("served_requests_per_second"), of.served());
        compared(node.putObject("ttft_mean_s"), of.ttft());
        compared(node.putObject("itl_mean_s"), of.itl());
    }

    private static void compared(ObjectNode node, Compared of) {
        put(node, "promised", of.promised());
        put(node, "measured", of.measured());
        put(node, "error", of.error());
    }

    private static void tally(ObjectNode node, Tally tally) {
        node.put("windows", tally.windows());
        node.put("seconds", tally.seconds());
        put(node, "late_share", tally.lateShare());
        put(node, "unserved_share", tally.unservedShare());
    }

    private static OptionalDouble finite(double value) {
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static ObjectNode put(ObjectNode node, String name, OptionalDouble value) {
        return value.isPresent() ? node.put(name, value.getAsDouble()) : node.putNull(name);
    }
}
