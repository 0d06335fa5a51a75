package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.cli.Schemas;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is said of a live system is of its published schema, where nothing can be read too.
class LiveSchemasTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<String> args(Town town, String... more) {
        var args = new ArrayList<>(town.direct());
        args.addAll(List.of(more));
        args.add("--format=json");
        return args;
    }

    private static List<String> advised(Town town) {
        var args = args(town, "--interval=1s");
        args.addAll(Town.SERVICE);
        return args;
    }

    @Test
    void everyRecommendationIsOneOfItsSchema() throws Exception {
        var schema = Schemas.of("recommend.schema.json");
        try (var town = new Town(6, 1)) {
            var ran = Ran.recommend(advised(town), "--watch", "--cycles=2");
            assertThat(ran.out().lines()).hasSize(2);
            for (String line : ran.out().lines().toList()) {
                var answer = JSON.readTree(line);
                assertThat(answer.get("model").isObject()).isTrue();
                Schemas.exact(schema, answer);
            }
            town.remove("frontend");
            town.pods().stream().filter(pod -> pod.startsWith("d")).toList().forEach(town::remove);
            var dumb = JSON.readTree(Ran.recommend(advised(town)).out());
            assertThat(dumb.get("tells").asBoolean()).isFalse();
            Schemas.exact(schema, dumb);
        }
    }

    @Test
    void everyExaminationIsOneOfItsSchema() throws Exception {
        var schema = Schemas.of("doctor.schema.json");
        try (var town = new Town(1, 1)) {
            Schemas.exact(schema, JSON.readTree(Ran.doctor(args(town)).out()));
            town.remove("frontend");
            town.remove("decode-0");
            Schemas.exact(schema, JSON.readTree(Ran.doctor(args(town)).out()));
        }
        try (var shelf = new Shelf()) {
            var none =
                    Ran.doctor(
                            List.of(
                                    "--prometheus=" + shelf.url() + "/nothing",
                                    "--prefill-selector=pod=~\"p.*\"",
                                    "--decode-selector=pod=~\"d.*\"",
                                    "--format=json"));
            var said = JSON.readTree(none.out());
            assertThat(said.get("healthy").asBoolean()).isFalse();
            assertThat(said.has("error")).isTrue();
            Schemas.exact(schema, said);
        }
    }
}
