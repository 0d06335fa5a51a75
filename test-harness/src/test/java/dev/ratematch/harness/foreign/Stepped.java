package dev.ratematch.harness.foreign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.harness.foreign.Seen.PoolSeen;
import dev.ratematch.harness.foreign.Seen.Spread;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The controller behind its protocol: a service line, then a snapshot line a window. What this
/// plant does not count is left out.
final class Stepped implements Policy {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double MILLIS = 1e3;

    /// What the operator of such a fleet would write down; the truth of a site differs.
    private static final double STATED_LEAD = 75;

    private final UnaryOperator<String> filter;

    /// @param filter answers a line with a line
    /// @param options numbers of the control law; `min_budget_gpus` goes to the service line itself
    Stepped(Site site, Map<String, Double> options, UnaryOperator<String> filter) {
        this.filter = filter;
        ask(service(site, options));
    }

    private static ObjectNode service(Site site, Map<String, Double> options) {
        var line = JSON.createObjectNode();
        line.put("ratematch", 1).put("model", "llama-3.1-70b").put("gpu", "b200");
        line.put("precision", "nvfp4").put("budget_gpus", site.gpus());
        line.putObject("slo")
                .put("ttft_ms", MILLIS * Promise.TTFT)
                .put("itl_ms", MILLIS * Promise.ITL);
        for (var role : new String[] {"prefill", "decode"}) {
            line.putObject(role).put("parallel", "tp2").put("lead_time_s", STATED_LEAD);
        }
        line.withObject("prefill").put("max_batched_tokens", site.engine().chunkTokens());
        line.withObject("decode")
                .put("max_seqs", site.engine().sequences())
                .put("kv_tokens", site.engine().decodeRoom());
        var numbers = line.putObject("options");
        options.forEach(
                (key, value) -> {
                    if (key.equals("min_budget_gpus")) {
                        line.put(key, value.intValue());
                    } else {
                        numbers.put(key, value);
                    }
                });
        return line;
    }

    @Override
    public Counts window(Seen seen) {
        var line = JSON.createObjectNode();
        line.put("at_s", seen.at()).put("window_s", seen.window());
        pool(line.putObject("prefill"), seen.prefill());
        pool(line.putObject("decode"), seen.decode());
        var traffic = line.putObject("traffic");
        var read = seen.traffic();
        traffic.put("arrived", read.arrived()).put("completed", read.completed());
        traffic.put("isl_mean", read.input()).put("osl_mean", read.output());
        spread(traffic, "ttft_ms", read.ttft());
        spread(traffic, "itl_ms", read.itl());
        var reply = ask(line);
        boolean told = reply.path("prefill").isInt() && reply.path("decode").isInt();
        return told
                ? new Counts(reply.path("prefill").intValue(), reply.path("decode").intValue())
                : new Counts(seen.prefill().desired(), seen.decode().desired());
    }

    private static void pool(ObjectNode node, PoolSeen pool) {
        node.put("desired", pool.desired())
                .put("ready", pool.ready())
                .put("starting", pool.starting())
                .put("pending", pool.pending())
                .put("draining", pool.draining())
                .put("queued", pool.queued())
                .put("running", pool.running())
                .put("kv_used", pool.kvUsed());
    }

    private static void spread(ObjectNode traffic, String name, @Nullable Spread spread) {
        if (spread != null) {
            traffic.putObject(name)
                    .put("mean", MILLIS * spread.mean())
                    .put("p95", MILLIS * spread.p95());
        }
    }

    private JsonNode ask(ObjectNode line) {
        try {
            var reply = JSON.readTree(filter.apply(line.toString()));
            if (reply.has("error")) {
                throw new IllegalStateException(
                        "%s was answered by: %s".formatted(line, reply.path("error").asText()));
            }
            return reply;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The reply is not JSON.", e);
        }
    }
}
