package dev.ratematch.controller.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.filter.ServiceLines;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.host.JournalJson;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.host.SnapshotJson;
import dev.ratematch.controller.host.StateText;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Decides the cycles of a journal again, line by line, each service line from the state that it
/// carries, and compares what comes out with what was recorded.
///
/// What cannot be read, or is missing, ends the chain of states: the cycles after it are skipped up
/// to the next service line, and it is said where.
public final class Replay {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String SHAPE =
            "a journal is JSON Lines of version %d, as --journal writes it"
                    .formatted(JournalEntry.VERSION);

    private final Function<ServiceRequest, Service> services;
    private final Consumer<Decided> each;
    private final List<String> notes = new ArrayList<>();

    /// By whose they are: a stream of several has their lines in turn.
    private final Map<String, Chain> chains = new HashMap<>();

    private final Set<String> lost = new HashSet<>();
    private @Nullable String unread;
    private @Nullable Difference first;
    private boolean allLost;
    private long lines;
    private long cycles;
    private long skipped;

    /// A replay by this version of the model and with its constants.
    public Replay() {
        this(ServiceFactory::create, _ -> {});
    }

    /// The same.
    ///
    /// @param each takes every cycle that was decided again
    public Replay(Consumer<Decided> each) {
        this(ServiceFactory::create, each);
    }

    /// A replay by other step times or constants: what would they have decided?
    public Replay(Function<ServiceRequest, Service> services, Consumer<Decided> each) {
        this.services = services;
        this.each = each;
    }

    /// Takes the next line.
    ///
    /// @throws NotAJournalException if it belongs to no journal of this version
    public void line(String text) {
        if (unread != null) {
            // Nobody knows whose line it was.
            chains.clear();
            allLost = true;
            note("line %d is damaged: %s".formatted(lines, unread));
            unread = null;
        }
        lines++;
        var node = parsed(text);
        if (node == null) {
            return;
        }
        var version = node.get("version");
        if (version == null || !version.isInt()) {
            if (lines == 1) {
                throw new NotAJournalException(lines, "version is missing; %s.".formatted(SHAPE));
            }
            unread = "version is missing";
            return;
        }
        if (version.intValue() != JournalEntry.VERSION) {
            throw new NotAJournalException(
                    lines,
                    "version (%s) must be %d; %s.".formatted(version, JournalEntry.VERSION, SHAPE));
        }
        String kind = node.path("kind").asText();
        String of = node.path(JournalJson.OF).asText();
        switch (kind) {
            case "service" -> service(of, node);
            case "cycle" -> cycle(of, text, node);
            default -> unread = "kind (%s) must be service or cycle".formatted(kind);
        }
    }

    private @Nullable JsonNode parsed(String text) {
        try {
            var node = JSON.readTree(text);
            if (node != null && node.isObject()) {
                return node;
            }
            unread = "it is not a JSON object";
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            unread =
                    "it is not JSON%s"
                            .formatted(where == null ? "" : " at column " + where.getColumnNr());
        }
        if (lines == 1) {
            throw new NotAJournalException(lines, "%s; %s.".formatted(unread, SHAPE));
        }
        return null;
    }

    private void lose(String of, String why) {
        chains.remove(of);
        lost.add(of);
        note(why);
    }

    private void note(String why) {
        notes.add(why + "; decided again from the next service line on.");
    }

    private void service(String of, JsonNode node) {
        try {
            var request = ServiceLines.read(node.path("service"), new ArrayList<>());
            var slo = node.path("slo_s");
            if (slo.isObject()) {
                request =
                        request.promising(
                                new Slo(
                                        slo.path("ttft").asDouble(),
                                        slo.path("itl").asDouble(),
                                        slo.path("percentile").asDouble()));
            }
            var service = services.apply(request);
            var kept = StateText.read(node.path("state").asText());
            chains.put(of, new Chain(service, kept.state()));
            lost.remove(of);
        } catch (IllegalArgumentException e) {
            throw new NotAJournalException(lines, String.valueOf(e.getMessage()));
        }
    }

    private void cycle(String of, String text, JsonNode node) {
        var chain = chains.get(of);
        if (chain == null) {
            if (!allLost && !lost.contains(of)) {
                lose(of, "line %d is a cycle before any service line".formatted(lines));
            }
            skipped++;
            return;
        }
        long cycle = node.path("cycle").asLong();
        if (cycle != chain.cycle() + 1) {
            lose(of, broken(cycle, chain.cycle()));
            skipped++;
            return;
        }
        try {
            again(of, chain, text, node);
        } catch (IllegalArgumentException e) {
            unread = String.valueOf(e.getMessage());
            skipped++;
        }
    }

    private String broken(long cycle, long before) {
        return "line %d is cycle %d and follows cycle %d: %s"
                .formatted(
                        lines,
                        cycle,
                        before,
                        cycle > before
                                ? "there is a gap"
                                : "two services are mixed in this file, or lines are repeated");
    }

    private void again(String of, Chain chain, String text, JsonNode node) {
        var snapshot = SnapshotJson.read(node.path("seen"));
        var conduct = Conduct.valueOf(node.path("conduct").asText().toUpperCase(Locale.ROOT));
        var orders = new Orders(conduct, interlock(node.path("interlock")));
        var errors = new ArrayList<String>();
        node.path("errors").forEach(error -> errors.add(error.asText()));
        var next = chain.next(snapshot, orders, errors);
        var again = JournalJson.cycle(next, chain.cycle());
        if (!of.isEmpty()) {
            again.put(JournalJson.OF, of);
        }
        String written = again.toString();
        // Nearly every line is the same to the letter, and reading it again is dear.
        var difference = written.equals(text) ? null : Difference.of(lines, node, read(written));
        cycles++;
        if (first == null) {
            first = difference;
        }
        each.accept(new Decided(of, lines, chain.service(), next.cycle(), difference));
    }

    /// Numbers have other types before they are written.
    private static JsonNode read(String written) {
        try {
            return JSON.readTree(written);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A cycle that was just written cannot be read.", e);
        }
    }

    private static @Nullable Interlock interlock(JsonNode node) {
        return node.isObject()
                ? new Interlock(
                        Reason.valueOf(node.path("reason").asText()), node.path("text").asText())
                : null;
    }

    /// What came out, after the last line.
    ///
    /// @throws NotAJournalException if there was none
    public Replayed end() {
        if (lines == 0) {
            throw new NotAJournalException(1, "the file is empty; %s.".formatted(SHAPE));
        }
        if (unread != null) {
            notes.add(
                    "line %d, the last, is cut off (%s); what is before it is decided again."
                            .formatted(lines, unread));
            unread = null;
        }
        return new Replayed(cycles, skipped, first, notes);
    }
}
