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
import java.util.regex.Pattern;

/// The plant as a host with whom things go wrong.
final class ShakyHost implements Fleet, Fetcher {

    private static final Pattern VALUE = Pattern.compile("(?m)^([^#\\s][^\\n]*) (\\S+)$");
    private static final Pattern COUNTER =
            Pattern.compile(
                    "(?m)^((?:[^#\\s{]+)(?:_total|_count|_sum|_bucket)(?:\\{[^\\n]*})?) (\\S+)$");

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
            return Answer.of(target, VALUE.matcher(body).replaceAll("$1 NaN"));
        }
        if (now.contains(Kind.PAGES_STALE)) {
            return Answer.of(target, last.getOrDefault(target, body));
        }
        last.put(target, body);
        return Answer.of(target, body);
    }

    private String counted(Target target, String body) {
        if (reset) {
            var from = new HashMap<String, Double>();
            COUNTER.matcher(body)
                    .results()
                    .forEach(line -> from.put(line.group(1), Double.parseDouble(line.group(2))));
            zeros.put(target, from);
        }
        var from = zeros.get(target);
        return from == null
                ? body
                : COUNTER.matcher(body)
                        .replaceAll(
                                line ->
                                        "%s %s"
                                                .formatted(
                                                        line.group(1),
                                                        Double.parseDouble(line.group(2))
                                                                - from.getOrDefault(
                                                                        line.group(1), 0.0))
                                                .replace("$", "\\$"));
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
