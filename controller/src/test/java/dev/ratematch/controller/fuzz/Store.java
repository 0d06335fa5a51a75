package dev.ratematch.controller.fuzz;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.telemetry.Exposition;
import dev.ratematch.controller.telemetry.Sample;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Answers;
import dev.ratematch.controller.telemetry.prometheus.Outcome;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What answers like a Prometheus that scrapes a fleet, and answers oddly now and then.
final class Store implements PrometheusSource {

    /// Its clock, seconds ahead of ours.
    static final double AHEAD = 1.7e9;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern RANGE = Pattern.compile("role=\"(\\w+)\".*\\[(\\d+)s]");
    private static final Map<String, List<Sample>> PARSED = new HashMap<>();

    private final Corpus.Fleet fleet;
    private final Dice dice;
    private final double interval;
    double now = AHEAD;

    /// What failed, for people.
    final List<String> refusals;

    /// @param interval between two looks, seconds
    Store(Corpus.Fleet fleet, double interval, Dice dice, List<String> refusals) {
        this.fleet = fleet;
        this.interval = interval;
        this.dice = dice;
        this.refusals = refusals;
    }

    @Override
    public Outcome time() {
        var answer = success("scalar");
        data(answer).putArray("result").add(now).add(String.valueOf(now));
        return told(answer, "time", 12);
    }

    @Override
    public Outcome query(String expression, double at) {
        var range = RANGE.matcher(expression);
        if (!range.find()) {
            var answer = success("vector");
            var one = data(answer).putArray("result").addObject();
            one.putObject("metric");
            one.putArray("value").add(at).add("7");
            return told(answer, "count", 12);
        }
        var source = Source.valueOf(range.group(1));
        double back = Double.parseDouble(range.group(2));
        return told(matrix(source, at, back), range.group(1), 2);
    }

    private static ObjectNode success(String type) {
        var answer = NODES.objectNode().put("status", "success");
        answer.putObject("data").put("resultType", type);
        return answer;
    }

    private static ObjectNode data(ObjectNode answer) {
        return (ObjectNode) answer.get("data");
    }

    private ObjectNode matrix(Source source, double at, double back) {
        var answer = success("matrix");
        var result = data(answer).putArray("result");
        var series = new HashMap<String, ObjectNode>();
        for (int look = 0; look < Corpus.LOOKS; look++) {
            double time = AHEAD + look * interval;
            if (time > at || time <= at - back) {
                continue;
            }
            for (var sample : samples(fleet.text(source, look))) {
                var one =
                        series.computeIfAbsent(
                                sample.series().toString(),
                                _ -> {
                                    var made = result.addObject();
                                    var labels = made.putObject("metric");
                                    labels.put("__name__", sample.series().name());
                                    sample.series().labels().forEach(labels::put);
                                    labels.put("pod", source.label() + "-0").put("instance", "a:1");
                                    made.putArray("values");
                                    return made;
                                });
                one.withArray("values").addArray().add(time).add(String.valueOf(sample.value()));
            }
        }
        return answer;
    }

    private static synchronized List<Sample> samples(String text) {
        return PARSED.computeIfAbsent(text, t -> Exposition.parse(t).samples());
    }

    /// The answer as a client has it, changed once in so many times. Queries may come from several
    /// threads.
    private synchronized Outcome told(ObjectNode answer, String what, int seldom) {
        String body;
        if (dice.oneIn(seldom)) {
            dice.note("answer to %s".formatted(what));
            boolean tree = !dice.oneIn(3);
            if (tree) {
                TreeChange.some(answer, dice);
            }
            body = answer.toString();
            if (!tree || dice.oneIn(6)) {
                body = RawChange.one(body, dice);
            }
        } else {
            body = answer.toString();
        }
        var outcome = Answers.read(body);
        if (outcome instanceof Outcome.Failed(_, var why)) {
            refusals.add(why);
        }
        return outcome;
    }
}
