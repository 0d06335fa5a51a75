package dev.ratematch.controller.filter;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Resumption;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.host.StateText;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `ratematch step` without its streams: one JSON line in, one JSON line out. Holds what a stream
/// of lines holds (service, state, line number) and touches neither clock nor files.
public final class StepFilter {

    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final Set<String> warned = new HashSet<>();
    private long lines;
    private @Nullable Service service;
    private @Nullable ControlLoop loop;

    /// A filter that has seen nothing.
    public StepFilter() {}

    /// Answers one line. Whatever is wrong with it is said in the answer and changes nothing.
    public String line(String text) {
        lines++;
        try {
            return answer(parse(text)).toString();
        } catch (IllegalArgumentException e) {
            return refused(String.valueOf(e.getMessage()));
        }
    }

    /// Takes the service before the first line, which is then a snapshot; `state` in it is resumed.
    ///
    /// @return what is to be said of it, but for fields that the protocol does not have
    /// @throws IllegalArgumentException naming the field that is wrong
    public List<String> begin(JsonNode service) {
        var unknown = new ArrayList<UnknownField>();
        LineReader.service(service, unknown);
        unknown.forEach(field -> warned.add(field.name()));
        var reply = configure(service, new ArrayList<>());
        return reply.path("warnings").valueStream().map(JsonNode::asText).toList();
    }

    private String refused(String message) {
        return JSON.createObjectNode().put("line", lines).put("error", message).toString();
    }

    private static JsonNode parse(String text) {
        try {
            var node = JSON.readTree(text);
            if (node == null || !node.isObject()) {
                throw new IllegalArgumentException(
                        "The line is not a JSON object; write a service or a snapshot.");
            }
            return node;
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            throw new IllegalArgumentException(
                    "The line is not JSON%s: %s"
                            .formatted(
                                    where == null ? "" : " at column " + where.getColumnNr(),
                                    e.getOriginalMessage().split(":", 2)[0]),
                    e);
        }
    }

    private ObjectNode answer(JsonNode line) {
        var unknown = new ArrayList<UnknownField>();
        if (line.has("ratematch")) {
            return configure(line, unknown);
        }
        if (service == null || loop == null) {
            throw new IllegalArgumentException(
                    "ratematch is missing: the first line must be the service, such as"
                            + " {\"ratematch\":1,\"model\":…,\"gpu\":…,\"slo\":{…},\"budget_gpus\":…}.");
        }
        var snapshot = LineReader.snapshot(line, service.spec().slo().percentile(), unknown);
        var last = loop.state().lastSeenSeconds();
        if (last != null && snapshot.atSeconds() <= last) {
            throw new IllegalArgumentException(
                    "at_s (%s) must be greater than that of the snapshot before (%s)."
                            .formatted(snapshot.atSeconds(), last));
        }
        var cycle = loop.decide(snapshot, Orders.CONTROL);
        return Reply.decided(
                lines, cycle, warnings(unknown), StateText.write(service.identity(), loop.state()));
    }

    private ObjectNode configure(JsonNode line, List<UnknownField> unknown) {
        var read = LineReader.service(line, unknown);
        var next = ServiceFactory.create(read.request());
        var resumed = read.state() == null ? changed(next) : restored(read.state(), next);
        var base = resumed.state();
        service = next;
        loop = ControlLoop.of(next, base, null, Journal.NONE);
        var warnings = warnings(unknown);
        if (resumed.ended() != null) {
            warnings.add(resumed.ended());
        }
        warnings.addAll(next.warnings());
        return Reply.configured(
                lines, next, base, warnings, StateText.write(next.identity(), base));
    }

    private static Resumption restored(String text, Service next) {
        var kept = StateText.read(text);
        boolean same = kept.identity().equals(next.identity());
        // A text does not say how wide the replicas of another service were.
        return Resumption.of(
                same ? kept.state() : kept.state().reconfigured(Calibration.NONE),
                next.spec(),
                same ? null : "the state is that of another service");
    }

    private Resumption changed(Service next) {
        var was = service;
        if (was == null || loop == null) {
            return new Resumption(State.INITIAL, null);
        }
        boolean same = was.identity().equals(next.identity());
        var before = loop.state();
        return Resumption.of(
                before.reconfigured(same ? before.calibration() : Calibration.NONE),
                next.spec(),
                Resumption.widths(was.spec(), next.spec()));
    }

    private List<String> warnings(List<UnknownField> unknown) {
        var fresh = new ArrayList<String>();
        for (var field : unknown) {
            if (warned.add(field.name())) {
                fresh.add(field.text("this protocol"));
            }
        }
        return fresh;
    }
}
