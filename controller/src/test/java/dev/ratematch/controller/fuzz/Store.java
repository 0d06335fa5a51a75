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
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// What answers like a Prometheus that scrapes a fleet, and answers oddly now and then.
final class Store implements PrometheusSource {

    /// Its clock, seconds ahead of ours.
    static final double AHEAD = 1.7e9;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern RANGE = Pattern.compile("role=\"(\\w+)\".*\\[(\\d+)s]");
    private static final Map<String, List<Sample>> PARSED = new HashMap<>();

    private static final Map<String, Whole> WHOLE = new ConcurrentHashMap<>();

    private final Corpus.Fleet fleet;
    private final Dice dice;
    private final double interval;
    private final Thread asking = Thread.currentThread();
    private long madeBytes;
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

    /// An answer that nobody changed, and what it says.
    private record Whole(ObjectNode answer, Outcome outcome) {
        static Whole of(ObjectNode answer) {
            return new Whole(answer, Answers.read(answer.toString()));
        }
    }

    @Override
    public Outcome time() {
        var answer = success("scalar");
        data(answer).putArray("result").add(now).add(String.valueOf(now));
        return changed(12) ? told(answer, "time") : Answers.read(answer.toString());
    }

    @Override
    public Outcome query(String expression, double at) {
        var range = RANGE.matcher(expression);
        if (!range.find()) {
            var answer = success("vector");
            var one = data(answer).putArray("result").addObject();
            one.putObject("metric");
            one.putArray("value").add(at).add("7");
            return changed(12) ? told(answer, "count") : Answers.read(answer.toString());
        }
        var source = Source.valueOf(range.group(1));
        double back = Double.parseDouble(range.group(2));
        String key = "%s %s %s %s".formatted(fleet.name(), source, at, back);
        var whole = WHOLE.computeIfAbsent(key, _ -> Whole.of(matrix(source, at, back)));
        return changed(2) ? told(whole.answer().deepCopy(), range.group(1)) : whole.outcome();
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

    /// What making the answers took of the thread that asks; it is not the reader's.
    long madeBytes() {
        return madeBytes;
    }

    private static synchronized List<Sample> samples(String text) {
        return PARSED.computeIfAbsent(text, t -> Exposition.parse(t).samples());
    }

    private synchronized boolean changed(int seldom) {
        return dice.oneIn(seldom);
    }

    /// The answer changed, as a client has it. Queries may come from several threads.
    private synchronized Outcome told(ObjectNode answer, String what) {
        dice.note("answer to " + what);
        long before = Allocated.bytes();
        boolean tree = !dice.oneIn(3);
        if (tree) {
            TreeChange.some(answer, dice);
        }
        String body = answer.toString();
        if (!tree || dice.oneIn(6)) {
            body = RawChange.one(body, dice);
        }
        if (asking.equals(Thread.currentThread())) {
            madeBytes += Allocated.bytes() - before;
        }
        var outcome = Answers.read(body);
        if (outcome instanceof Outcome.Failed(_, var why)) {
            refusals.add(why);
        }
        return outcome;
    }
}
