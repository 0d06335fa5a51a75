package dev.ratematch.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The console of the shipped command in a real Chromium: during a demo, and on its journal.
@SuppressWarnings("NullAway.Init")
class ConsoleBrowserTest {

    /// The turn from long prompts to long answers, and what is before it.
    private static final String WINDOW = "1200s-2100s";

    private static final String TOKEN = "a-token-that-nobody-guesses";
    private static final Path JOURNAL = Path.of("target/demo.jsonl");
    private static final Locator.WaitForOptions HIDDEN =
            new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN);

    private static Playwright playwright;
    private static Browser browser;

    private static void openBrowser() {
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(
                                                Path.of(
                                                        System.getProperty(
                                                                "ratematch.chromium",
                                                                "/usr/bin/chromium")))
                                        // Root in a container has no sandbox; what is loaded is
                                        // ours.
                                        .setArgs(List.of("--no-sandbox")));
    }

    @BeforeAll
    static void watchADemo() throws Exception {
        openBrowser();
        try (var demo =
                new Served(
                        Map.of(),
                        "demo",
                        "--headless",
                        "--console-port",
                        "0",
                        "--speed",
                        "60",
                        "--window",
                        WINDOW,
                        "--stay",
                        "--journal",
                        JOURNAL.toString())) {
            seesARebalanceHappen(demo.url());
            demo.said("Of the gap between");
        }
    }

    @AfterAll
    static void close() {
        browser.close();
        playwright.close();
    }

    private static Watcher watcher(String url) {
        return new Watcher(browser, url, 1280, 900, ColorScheme.LIGHT);
    }

    private static void seesARebalanceHappen(String url) {
        try (var watcher = watcher(url)) {
            var page = watcher.page();
            watcher.openService();
            assertThat(page.locator("#link").textContent()).isEqualTo("live");
            var ratio = page.locator(".ratio").first();
            String before = ratio.innerText();
            page.locator(".steps li.now").first().waitFor();
            watcher.isAccessible();
            page.getByText("Rebalance: GPUs change roles").last().waitFor();
            page.waitForFunction(
                    "before => document.querySelector('.ratio').innerText !== before", before);
            opensADecision(watcher);
            asksWhatIf(watcher);
            watcher.noticedNothing();
        }
    }

    private static void opensADecision(Watcher watcher) {
        var page = watcher.page();
        page.locator("button.plain")
                .filter(new Locator.FilterOptions().setHasText("Rebalance"))
                .last()
                .click();
        var dialog = page.getByRole(AriaRole.DIALOG);
        dialog.waitFor();
        assertThat(dialog.innerText()).contains("Weighed").contains("Checks").contains("req/s");
        watcher.isAccessible();
        page.keyboard().press("Escape");
        dialog.waitFor(HIDDEN);
    }

    private static void asksWhatIf(Watcher watcher) {
        var page = watcher.page();
        page.getByLabel("Budget, GPUs").fill("64");
        page.getByLabel("TTFT promise, ms").fill("500");
        watcher.button("Plan").click();
        page.getByText("Solved in").waitFor();
        assertThat(page.locator("[role=status]").innerText())
                .contains("64 GPUs")
                .contains("500 ms");
        System.out.println(page.locator("[role=status]").innerText());
    }

    private static Served journal(String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("console", "--journal", JOURNAL.toString()));
        arguments.addAll(List.of(more));
        return new Served(Map.of(), arguments.toArray(String[]::new));
    }

    @Test
    void aJournalIsReplayed() throws Exception {
        try (var served = journal("--console-port", "0");
                var watcher = watcher(served.url())) {
            var page = watcher.page();
            watcher.isAccessible();
            watcher.openService();
            var said = page.locator(".tools .number").first();
            String newest = said.innerText();
            watcher.button("Play").click();
            page.waitForFunction(
                    "newest => document.querySelector('.tools .number').innerText !== newest",
                    newest);
            watcher.button("Pause").click();
            watcher.moment(0.5);
            String middle = said.innerText();
            assertThat(middle).isNotEqualTo(newest);
            watcher.button("Newest").click();
            assertThat(said.innerText()).isEqualTo(newest);
            page.locator("#chart-ttft ~ details summary").click();
            assertThat(page.locator("#chart-ttft ~ details td").first().innerText()).contains(":");
            watcher.isAccessible();
            watcher.noticedNothing();
        }
    }

    @Test
    void theKeyboardIsEnough() throws Exception {
        try (var served = journal("--console-port", "0");
                var watcher = watcher(served.url())) {
            var page = watcher.page();
            page.locator("main tbody a").first().waitFor();
            page.keyboard().press("Tab");
            assertThat(page.evaluate("document.activeElement.className")).isEqualTo("skip");
            page.locator("main tbody a").first().focus();
            page.keyboard().press("Enter");
            page.locator("#whatif").waitFor();
            page.locator("button.plain").first().focus();
            page.keyboard().press("Enter");
            page.getByRole(AriaRole.DIALOG).waitFor();
            page.keyboard().press("Escape");
            page.getByRole(AriaRole.DIALOG).waitFor(HIDDEN);
            page.locator("#theme").focus();
            page.keyboard().press("Enter");
            page.keyboard().press("Enter");
            assertThat(page.evaluate("document.documentElement.dataset.theme")).isEqualTo("dark");
            watcher.noticedNothing();
        }
    }

    @Test
    void aConsoleThatIsStartedAgainIsFoundAgain() throws Exception {
        var first = journal("--console-port", "0");
        String url = first.url();
        String port = url.replaceAll("[^0-9]*127[.]0[.]0[.]1:([0-9]+)/", "$1");
        try (var watcher = watcher(url)) {
            watcher.openService();
            first.close();
            watcher.page().locator("#link[data-state=lost]").waitFor();
            try (var again = journal("--console-port", port)) {
                assertThat(again.url()).isEqualTo(url);
                watcher.page().locator("#link[data-state=live]").waitFor();
            }
        } finally {
            first.close();
        }
    }

    @Test
    void aTokenIsAskedFor() throws Exception {
        try (var served =
                        new Served(
                                Map.of("RATEMATCH_CONSOLE_TOKEN", TOKEN),
                                "console",
                                "--journal",
                                JOURNAL.toString(),
                                "--console-port",
                                "0");
                var watcher = watcher(served.url())) {
            var page = watcher.page();
            page.getByLabel("Token").fill("wrong");
            watcher.button("Open").click();
            page.getByLabel("Token").fill(TOKEN);
            watcher.isAccessible();
            watcher.button("Open").click();
            page.locator("main tbody a").first().waitFor();
        }
    }

    @Test
    void isSeenInBothThemesAndOnAPhone() throws Exception {
        try (var served = journal("--console-port", "0")) {
            for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                String name = scheme.name().toLowerCase(Locale.ROOT);
                try (var watcher = new Watcher(browser, served.url(), 1104, 660, scheme)) {
                    look(watcher, "", name);
                }
            }
            try (var phone = new Watcher(browser, served.url(), 360, 740, ColorScheme.LIGHT)) {
                look(phone, "phone-", "light");
            }
        }
    }

    private static void look(Watcher watcher, String prefix, String theme) {
        var page = watcher.page();
        page.locator("main tbody a").first().waitFor();
        watcher.isAccessible();
        watcher.openService();
        watcher.moment(0.36);
        page.locator("#decisions ~ div button.plain").first().waitFor();
        watcher.isAccessible();
        watcher.picture(prefix + "service-" + theme);
        page.locator("#decisions").scrollIntoViewIfNeeded();
        page.locator("button.plain")
                .filter(new Locator.FilterOptions().setHasText("Rebalance"))
                .first()
                .click();
        page.getByRole(AriaRole.DIALOG).waitFor();
        watcher.isAccessible();
        watcher.picture(prefix + "decision-" + theme);
        watcher.noticedNothing();
    }
}
