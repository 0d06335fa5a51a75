package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.observe.Flow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;

/// What comparing the counts of one flow found, as JSON and back, exactly. Left out where nothing
/// was compared, as in journals of builds that compared nothing.
final class FlowJson {

    private static final String FLOW = "flow";

    private FlowJson() {}

    static void write(ObjectNode traffic, Flow flow) {
        if (flow.equals(Flow.NONE)) {
            return;
        }
        var node = traffic.putObject(FLOW);
        SnapshotJson.reading(node, "frontend", flow.frontend());
        SnapshotJson.reading(node, "prefill", flow.prefill());
        SnapshotJson.reading(node, "decode", flow.decode());
        node.put("sequences_per_request", flow.sequencesPerRequest());
        var notes = node.putArray("notes");
        for (var note : flow.notes()) {
            notes.addObject()
                    .put("kind", note.kind().label())
                    .put("holds", note.holds())
                    .put("text", note.text());
        }
    }

    static Flow read(SnapshotJson.At traffic) {
        if (traffic.node().path(FLOW).isMissingNode()) {
            return Flow.NONE;
        }
        var flow = traffic.object(FLOW);
        var notes = new ArrayList<Flow.Note>();
        for (var each : flow.node().path("notes")) {
            var note = new SnapshotJson.At(flow.path() + ".notes", each);
            notes.add(new Flow.Note(kind(note), note.flag("holds"), each.path("text").asText()));
        }
        return new Flow(
                flow.reading("frontend"),
                flow.reading("prefill"),
                flow.reading("decode"),
                flow.number("sequences_per_request"),
                notes);
    }

    private static Flow.Kind kind(SnapshotJson.At note) {
        var named = note.node().path("kind");
        Optional<Flow.Kind> kind =
                Arrays.stream(Flow.Kind.values())
                        .filter(each -> each.label().equals(named.asText()))
                        .findFirst();
        return kind.orElseThrow(
                () ->
                        note.wrong(
                                "kind",
                                named,
                                "one of "
                                        + Arrays.stream(Flow.Kind.values())
                                                .map(Flow.Kind::label)
                                                .toList()));
    }
}
