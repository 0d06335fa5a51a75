package dev.ratematch.controller.telemetry.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class QueriesTest {

    private static final Pattern EXACT = Pattern.compile("__name__=\"([^\"]+)\"");
    private static final List<String> NAMES = List.of("running", "waiting", "absent");

    /// Holds `running`, `waiting` and `up`; takes regular expressions on names, or refuses them.
    private static final class Store implements PrometheusSource {
        final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        boolean strict;
        boolean down;

        @Override
        public Outcome time() {
            return number(7);
        }

        private static Found number(double value) {
            return new Found(
                    List.of(new RawSeries(Map.of(), new double[] {7}, new double[] {value})));
        }

        @Override
        public Outcome query(String expression, double atSeconds) {
            asked.add(expression);
            if (down) {
                return new Failed(Kind.UNREACHABLE, "nobody there");
            }
            var exact = EXACT.matcher(expression);
            boolean named = exact.find();
            if (strict && !named) {
                return new Failed(Kind.REFUSED, "no metric name found");
            }
            if (expression.contains("wrong(")) {
                return new Failed(Kind.REFUSED, "parse error");
            }
            if (named) {
                String name = exact.group(1);
                return List.of("running", "waiting", "up").contains(name)
                        ? new Found(List.of(series(name)))
                        : new Found(List.of());
            }
            return new Found(List.of(series("running"), series("waiting"), series("up")));
        }

        private static RawSeries series(String name) {
            return new RawSeries(Map.of("__name__", name), new double[] {7}, new double[] {1});
        }
    }

    private static List<String> names(Outcome outcome) {
        return outcome instanceof Found(var series, _)
                ? series.stream().map(RawSeries::name).sorted().toList()
                : List.of(outcome.toString());
    }

    @Test
    void oneQueryWhereTheStoreTakesIt() {
        var store = new Store();
        var queries = new Queries(store);
        assertThat(names(queries.samples(NAMES, "pod=\"a\"", 59.5, 7)))
                .containsExactly("running", "up", "waiting");
        assertThat(store.asked)
                .containsExactly("{__name__=~\"running|waiting|absent|up\",pod=\"a\"}[60s]");
    }

    @Test
    void nameByNameWhereItDoesNotAndLaterOnlyWhatIsThere() {
        var store = new Store();
        store.strict = true;
        var queries = new Queries(store);
        assertThat(names(queries.samples(NAMES, "pod=\"a\"", 60, 7)))
                .containsExactly("running", "up", "waiting");
        assertThat(store.asked).hasSize(2 + NAMES.size() + 1);
        store.asked.clear();
        queries.samples(NAMES, "pod=\"a\"", 60, 22);
        assertThat(store.asked)
                .containsExactlyInAnyOrder(
                        "{__name__=\"running\",pod=\"a\"}[60s]",
                        "{__name__=\"waiting\",pod=\"a\"}[60s]",
                        "{__name__=\"up\",pod=\"a\"}[60s]");
        for (int look = 2; look < 20; look++) {
            queries.samples(NAMES, "pod=\"a\"", 60, 22);
        }
        store.asked.clear();
        queries.samples(NAMES, "pod=\"a\"", 60, 22);
        assertThat(store.asked).as("searched again").hasSize(NAMES.size() + 1);
    }

    @Test
    void countsAndLabelsFindTheirWayToo() {
        var store = new Store();
        store.strict = true;
        assertThat(names(new Queries(store).count("pod=\"a\"", NAMES, 7))).containsExactly("up");
        assertThat(names(new Queries(store).labels(List.of("pod"), NAMES, 7)))
                .containsExactly("running", "waiting");
    }

    @Test
    void aWrongSelectorIsStillRefusedAndAFailureFailsAll() {
        var store = new Store();
        store.strict = true;
        var queries = new Queries(store);
        assertThat(queries.samples(NAMES, "wrong(", 60, 7).toString()).contains("no metric name");
        queries.samples(NAMES, "pod=\"a\"", 60, 7);
        store.down = true;
        assertThat(queries.samples(NAMES, "pod=\"a\"", 60, 7))
                .isEqualTo(new Failed(Kind.UNREACHABLE, "nobody there"));
    }

    @Test
    void aTimeThatIsNoneIsARefusal() {
        for (String result :
                List.of(
                        "[]",
                        "[1,\"NaN\"]",
                        "[1,\"+Inf\"]",
                        "[1e999,\"1\"]",
                        "[{\"values\":[]}]")) {
            var source =
                    new PrometheusSource() {
                        @Override
                        public Outcome time() {
                            return Answers.read(
                                    "{\"status\":\"success\",\"data\":{\"result\":%s}}"
                                            .formatted(result));
                        }

                        @Override
                        public Outcome query(String expression, double atSeconds) {
                            return time();
                        }
                    };
            assertThat(new Queries(source).time().toString())
                    .as(result)
                    .contains("NO_PROMETHEUS", "does not tell its time; check the URL");
        }
        assertThat(new Queries(new Store()).time()).isInstanceOf(Found.class);
    }
}
