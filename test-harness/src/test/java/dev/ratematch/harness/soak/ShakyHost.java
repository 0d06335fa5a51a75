package dev.ratematch.harness.soak;

import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.harness.judge.InProcess;
import dev.ratematch.harness.soak.Fault.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;

/// The plant as a host with whom things go wrong.
final class ShakyHost implements Fleet, Fetcher {

    private static final List<String> COUNTED = List.of("_total", "_count", "_sum", "_bucket");

    private final InProcess host;
    private final Set<Kind> now = EnumSet.noneOf(Kind.class);
    private final Map<Target, String> last = new HashMap<>();
    private final Map<Target, Map<String, Double>> zeros = new HashMap<>();
    private boolean reset;

    ShakyHost(InProcess host) {
        this.host = host;
    }

    /// Says what is wrong from here on.
    void trouble(Set<Kind> kinds) {
        now.clear();
        now.addAll(kinds);
    }

    /// Counters begin again with the next page.
    void resetCounters() {
        reset = true;
    }

    List<Target> targets() {
        return host.targets();
    }

    @Override
    public List<Answer> fetch(List<Target> targets) {
        if (reset) {
            zeros.clear();
        }
        var answers = new ArrayList<Answer>();
        for (var answer : host.fetch(targets)) {
            answers.add(shaken(answer, answers.size()));
        }
        reset = false;
        return answers;
    }

    private Answer shaken(Answer answer, int index) {
        var target = answer.target();
        if (now.contains(Kind.PAGES_GONE)
                || (now.contains(Kind.PAGES_HALF_GONE) && index % 2 == 0)) {
            return Answer.failed(target, "connection refused");
        }
        if (!answer.error().isEmpty()) {
            return answer;
        }
        String body = counted(target, answer.body());
        if (now.contains(Kind.NOT_A_NUMBER)) {
            return Answer.of(target, rewritten(body, (_, _) -> "NaN"));
        }
        if (now.contains(Kind.PAGES_STALE)) {
            return Answer.of(target, last.getOrDefault(target, body));
        }
        last.put(target, body);
        return Answer.of(target, body);
    }

    /// What has been counted since the counters began again.
    private String counted(Target target, String body) {
        if (reset) {
            var from = new HashMap<String, Double>();
            rewritten(
                    body,
                    (series, value) -> {
                        if (counts(series)) {
                            from.put(series, Double.valueOf(value));
                        }
                        return value;
                    });
            zeros.put(target, from);
        }
        var from = zeros.get(target);
        return from == null
                ? body
                : rewritten(
                        body,
                        (series, value) ->
                                counts(series)
                                        ? String.valueOf(
                                                Double.parseDouble(value)
                                                        - from.getOrDefault(series, 0.0))
                                        : value);
    }

    private static boolean counts(String series) {
        int labels = series.indexOf('{');
        String name = labels < 0 ? series : series.substring(0, labels);
        return COUNTED.stream().anyMatch(name::endsWith);
    }

    /// A page with other values.
    ///
    /// @param values the new value, by series and value
    private static String rewritten(String body, BinaryOperator<String> values) {
        var page = new StringBuilder(body.length() + body.length() / 4);
        int end;
        for (int from = 0; from < body.length(); from = end + 1) {
            end = body.indexOf('\n', from);
            int space = body.lastIndexOf(' ', end);
            if (body.charAt(from) == '#') {
                page.append(body, from, end);
            } else {
                String series = body.substring(from, space);
                page.append(series).append(' ');
                page.append(values.apply(series, body.substring(space + 1, end)));
            }
            page.append('\n');
        }
        return page.toString();
    }

    @Override
    public FleetCounts counts(Role role) {
        if (now.contains(Kind.FLEET_UNKNOWN)) {
            throw new IllegalStateException("the API server does not answer");
        }
        return host.counts(role);
    }

    @Override
    public void scale(Role role, int replicas) {
        if (now.contains(Kind.FLEET_REFUSES)) {
            throw new IllegalStateException("the target refuses %d".formatted(replicas));
        }
        host.scale(role, replicas);
    }
}
