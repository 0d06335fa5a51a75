package dev.ratematch.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The pages that commands write: alone in a browser, without a server.
class ReportBrowserTest {

    private static final Path ROOT = Path.of(System.getProperty("ratematch.root", ".."));
    private static final long PATIENCE_SECONDS = 300;

    @TempDir private static Path folder;
    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void open() {
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        var chromium = Path.of(System.getProperty("ratematch.chromium", "/usr/bin/chromium"));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(chromium)
                                        // Root in a container has no sandbox; what is loaded is
                                        // ours.
                                        .setArgs(List.of("--no-sandbox")));
    }

    @AfterAll
    static void close() {
        browser.close();
        playwright.close();
    }

    private static String page(String name, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(ROOT.resolve("ratematch").toString()));
        command.addAll(List.of(arguments));
        var file = folder.resolve(name);
        command.add(file.toString());
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile())
                        .start();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s", command).isZero();
        return file.toUri().toString();
    }

    private static void looksRight(String url, int charts, String picture) {
        for (var theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {1280, 360}) {
                try (var watcher = new Watcher(browser, url, width, 900, theme)) {
                    var page = watcher.page();
                    page.locator(".chart canvas").first().waitFor();
                    assertThat(page.locator(".chart canvas").count()).isEqualTo(charts);
                    assertThat(page.locator(".figure").count()).isGreaterThanOrEqualTo(3);
                    watcher.isAccessible();
                    if (width > 360) {
                        watcher.picture(
                                theme == ColorScheme.DARK ? picture + "-dark" : picture);
                        var over = page.locator(".chart .u-over").last();
                        String before = page.locator(".legend").last().innerText();
                        over.hover(new Locator.HoverOptions().setForce(true));
                        assertThat(page.locator(".legend").last().innerText())
                                .isNotEqualTo(before);
                    }
                    watcher.noticedNothing();
                }
            }
        }
    }

    @Test
    void aSimulationLaysItsPoliciesOverOneAnother() throws Exception {
        String url =
                page(
                        "simulation.html",
                        "simulate",
                        "--trace",
                        "gen:phase-inversion",
                        "--window",
                        "0s-1800s",
                        "--policy",
                        "ratematch,static-best",
                        "--report");
        looksRight(url, 7, "report-simulate");
    }

    @Test
    void aPlanShowsItsFrontier() throws Exception {
        String url =
                page(
                        "plan.html",
                        "plan",
                        "--model=llama-3.1-70b",
                        "--gpu=b200",
                        "--gpus=16",
                        "--isl=3000",
                        "--osl=300",
                        "--ttft=2s",
                        "--itl=30ms",
                        "--plot");
        looksRight(url, 1, "report-plan");
    }
}
