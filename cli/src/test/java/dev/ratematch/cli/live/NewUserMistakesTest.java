package dev.ratematch.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What new users get wrong. Both commands say it in one sentence that names the option and the
/// fix, and neither advises. A certificate of one's own, and http to https: [WrongPrometheusTest].
class NewUserMistakesTest {

    private static final String MODEL = "meta-llama/Llama-3.1-70B-Instruct";

    private static List<String> source(String url, String prefill, String decode) {
        return List.of(
                "--prometheus=" + url,
                "--prefill-selector=namespace=\"llm\",pod=~\"%s\"".formatted(prefill),
                "--decode-selector=namespace=\"llm\",pod=~\"%s\"".formatted(decode));
    }

    private static List<String> usual(String url) {
        return source(url, "prefill-.*", "decode-.*");
    }

    private static String[] service(String... instead) {
        var all = new ArrayList<String>();
        for (String option : Town.SERVICE) {
            String name = option.substring(0, option.indexOf('=') + 1);
            if (List.of(instead).stream().noneMatch(i -> i.startsWith(name))) {
                all.add(option);
            }
        }
        all.addAll(List.of(instead));
        return all.toArray(new String[0]);
    }

    /// One sentence with all of these, from both.
    private static void assertSaid(List<String> source, String[] service, String... parts) {
        for (var ran : List.of(Ran.doctor(source, service), Ran.recommend(source, service))) {
            String all = ran.out() + ran.err();
            assertThat(ran.code()).as(all).isNotZero();
            assertThat(all.replaceAll("\\s+-> ", "; ").lines())
                    .as(all)
                    .anyMatch(line -> List.of(parts).stream().allMatch(line::contains));
            assertThat(all).doesNotContain("\tat ").doesNotContain("Without that");
        }
    }

    @Test
    void theHealthyControl() {
        try (var shelf = new Shelf().with(2, 2, MODEL)) {
            var doctor = Ran.doctor(usual(shelf.url()), service());
            assertThat(doctor.code()).as(doctor.out() + doctor.err()).isZero();
            var recommend = Ran.recommend(usual(shelf.url()), service());
            assertThat(recommend.code()).as(recommend.out() + recommend.err()).isZero();
            assertThat(recommend.out()).containsPattern("requests +at least (9\\.[5-9]|10)");
        }
    }

    @Test
    void aSelectorThatFitsNothing() {
        try (var shelf = new Shelf().with(2, 2, MODEL)) {
            assertSaid(
                    source(shelf.url(), "prefil-.*", "decode-.*"),
                    service(),
                    "--prefill-selector",
                    "finds no series",
                    "give labels");
        }
    }

    @Test
    void selectorsThatAreSwapped() {
        try (var shelf = new Shelf().with(2, 2, MODEL)) {
            assertSaid(
                    source(shelf.url(), "decode-.*", "prefill-.*"),
                    service(),
                    "400.0 tokens a request, as a decode pod does",
                    "swap --prefill-selector and --decode-selector");
        }
    }

    @Test
    void aSelectorThatTakesTheOtherRoleToo() {
        try (var shelf = new Shelf().with(2, 2, MODEL)) {
            assertSaid(
                    source(shelf.url(), "prefill-.*", ".*-.*"),
                    service(),
                    "1.0 tokens a request, as a prefill pod does",
                    "--prefill-selector and --decode-selector");
        }
    }

    @Test
    void aPromiseWithoutAUnit() {
        try (var shelf = new Shelf().with(2, 2, MODEL)) {
            assertSaid(usual(shelf.url()), service("--ttft=2"), "--ttft", "'2'", "30ms, 2s");
        }
    }

    @Test
    void aBudgetBelowTheFleet() {
        try (var shelf = new Shelf().with(4, 3, MODEL)) {
            var service = service("--gpus=12");
            var doctor = Ran.doctor(usual(shelf.url()), service);
            assertThat(doctor.code()).isEqualTo(1);
            assertThat(doctor.out()).contains("hold 14 GPUs, the budget is 12", "--gpus");
            var recommend = Ran.recommend(usual(shelf.url()), service);
            assertThat(recommend.code()).isZero();
            assertThat(recommend.err()).contains("hold 14 GPUs, the budget is 12", "--gpus");
            assertThat(recommend.out()).contains("the budget is 12; cutting to");
        }
    }

    @Test
    void aWidthThatIsTooLarge() {
        try (var shelf = new Shelf().with(3, 2, MODEL)) {
            assertSaid(
                    usual(shelf.url()),
                    service("--prefill-parallel=tp8", "--decode-parallel=tp8"),
                    "hold 40 GPUs, the budget is 16",
                    "--prefill-parallel");
        }
    }

    @Test
    void aPathPrefixThatIsMissing() {
        try (var shelf = new Shelf().with(2, 2, MODEL).under("/prometheus")) {
            assertSaid(
                    usual(shelf.url()),
                    service(),
                    "HTTP 404",
                    "check the URL and its path prefix",
                    "--prometheus");
            assertThat(Ran.doctor(usual(shelf.url() + "/prometheus"), service()).code()).isZero();
        }
    }

    @Test
    void anotherSizeOrModelThanTheOneThatIsServed() {
        try (var shelf = new Shelf().with(2, 2, "meta-llama/Llama-3.1-8B")) {
            assertSaid(
                    usual(shelf.url()),
                    service(),
                    "the model served is meta-llama/llama-3.1-8b",
                    "--model says llama-3.1-70b",
                    "set --model");
        }
        try (var shelf = new Shelf().with(2, 2, "deepseek-ai/DeepSeek-R1")) {
            assertSaid(usual(shelf.url()), service(), "deepseek-r1", "set --model");
        }
    }

    @Test
    void aStoreThatIsEmptyOrLate() {
        try (var shelf = new Shelf()) {
            assertSaid(usual(shelf.url()), service(), "it is empty", "targets page");
        }
        try (var shelf = new Shelf().with(2, 2, MODEL).late(100)) {
            assertSaid(usual(shelf.url()), service(), "the newest sample", "--window 3m");
        }
    }

    @Test
    void aModelThatNobodyNamesIsTakenFromTheLabelsWhereTheyTell() {
        var unnamed =
                Town.SERVICE.stream()
                        .filter(option -> !option.startsWith("--model="))
                        .toArray(String[]::new);
        try (var shelf = new Shelf().with(2, 2, MODEL)) {
            var ran = Ran.recommend(usual(shelf.url()), unnamed);
            assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out())
                    .contains("--model is not given; using llama-3.1-70b, from the pods' labels");
        }
        try (var shelf = new Shelf().with(2, 2, "chat")) {
            var ran = Ran.recommend(usual(shelf.url()), unnamed);
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.err()).contains("--model is missing");
        }
    }

    @Test
    void widthsThatNobodyGaveAreTakenFromWhatThePodsRequest(@TempDir Path folder)
            throws IOException {
        try (var shelf =
                new Shelf()
                        .with(2, 1, MODEL)
                        .requesting("prefill-0", 2)
                        .requesting("prefill-1", 2)
                        .requesting("decode-0", 4)
                        // A worker of the group that decode-0 leads; it serves no metrics.
                        .requesting("decode-0-1", 4)) {
            var ran = Ran.recommend(usual(shelf.url()), unsized());
            assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out())
                    .contains(
                            "--prefill-gpus is not given; using 2, from the GPUs that its pods request",
                            "--decode-gpus is not given; using 8, from the GPUs that its pods request",
                            "prefill tp2, decode tp8");
        }
        // A file that does not say it is no answer either.
        try (var shelf =
                new Shelf()
                        .with(1, 1, MODEL)
                        .requesting("prefill-0", 2)
                        .requesting("decode-0", 4)) {
            var file =
                    Files.writeString(
                            folder.resolve("service.yaml"),
                            """
                            gpu: b200
                            precision: nvfp4
                            slo: {ttft_ms: 2000, itl_ms: 30}
                            budget_gpus: 16
                            decode: {parallel: tp8}
                            """);
            var ran = Ran.recommend(usual(shelf.url()), "--service=" + file);
            assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out())
                    .contains("--model is not given", "--prefill-gpus is not given; using 2")
                    .contains("prefill tp2, decode tp8")
                    .doesNotContain("--decode-gpus is not given");
        }
        // Replicas of unlike numbers tell nothing.
        try (var shelf =
                new Shelf()
                        .with(2, 1, MODEL)
                        .requesting("prefill-0", 2)
                        .requesting("prefill-1", 4)) {
            var ran = Ran.recommend(usual(shelf.url()), unsized("--decode-parallel=tp4"));
            assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out())
                    .contains("--prefill-parallel is not given; using", "smallest that fits")
                    .doesNotContain("--decode-parallel is not given");
        }
    }

    /// The service without how a replica is spread.
    private static String[] unsized(String... more) {
        return Stream.concat(
                        Town.SERVICE.stream().filter(option -> !option.contains("-parallel=")),
                        Stream.of(more))
                .toArray(String[]::new);
    }
}
