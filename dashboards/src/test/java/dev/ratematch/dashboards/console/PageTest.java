package dev.ratematch.dashboards.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.dashboards.view.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The page's own files.
class PageTest {

    private static final Path FOLDER =
            Path.of("src/main/resources/dev/ratematch/dashboards/console");

    private static String read(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name), StandardCharsets.UTF_8);
    }

    @Test
    void everyCodeHasWords() throws IOException {
        String words = read("words.js");
        for (var reason : Reason.values()) {
            assertThat(words).contains("  %s: '".formatted(reason.name()));
        }
        for (var phase : Move.Phase.values()) {
            assertThat(words).contains("  %s: '".formatted(phase.name()));
        }
        for (var limit : Plan.Limit.values()) {
            assertThat(words).contains("  %s: '".formatted(limit.name().toLowerCase(Locale.ROOT)));
        }
        for (var status : Status.values()) {
            assertThat(words).contains("  %s: '".formatted(status.label()));
        }
    }

    /// What the page's policy forbids would fail in a browser only.
    @Test
    void noScriptNorStyleIsInThePageAndNothingComesFromElsewhere() throws IOException {
        String html = read("index.html");
        assertThat(html).doesNotContain("style=").doesNotContain("<style").doesNotContain("://");
        assertThat(Pattern.compile("<script(?![^>]*\\ssrc=)").matcher(html).find()).isFalse();
        assertThat(Pattern.compile("\\son[a-z]+=").matcher(html).find()).isFalse();
        try (var files = Files.list(FOLDER)) {
            for (var file : files.filter(f -> f.toString().endsWith(".js")).toList()) {
                assertThat(Files.readString(file))
                        .as("%s", file)
                        .doesNotContain("innerHTML")
                        .doesNotContain("://")
                        .doesNotContain("eval(");
            }
        }
    }

    /// A module that is imported and not served would be missing in a browser only.
    @Test
    void everyFileOfThePageIsServed() throws IOException {
        try (var files = Files.list(FOLDER)) {
            for (var file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                String path = name.equals("index.html") ? "/" : "/console/" + name;
                assertThat(PageFiles.paths()).contains(path);
            }
        }
    }
}
