package dev.ratematch.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Somebody before a browser, who notices what should not be.
final class Watcher implements AutoCloseable {

    /// Where the documents have their pictures, or where they are thrown away.
    private static final Path PICTURES =
            Path.of(System.getProperty("ratematch.screenshots", "target/console"));

    private static final double PATIENCE_MILLIS = 120_000;
    private static final String AXE = axe();

    private final BrowserContext context;
    private final Page page;
    private final String home;
    private final List<String> faults = new ArrayList<>();

    Watcher(Browser browser, String home, int width, int height, ColorScheme scheme) {
        this.home = home;
        this.context =
                browser.newContext(
                        new Browser.NewContextOptions()
                                .setViewportSize(width, height)
                                .setColorScheme(scheme)
                                .setLocale("en-GB"));
        this.context.setDefaultTimeout(PATIENCE_MILLIS);
        this.page = context.newPage();
        page.onConsoleMessage(
                message -> {
                    if (message.type().equals("error") || message.type().equals("warning")) {
                        faults.add("console: " + message.text());
                    }
                });
        page.onPageError(error -> faults.add("page: " + error));
        page.onResponse(
                response -> {
                    if (response.status() >= 400 && response.status() != 401) {
                        faults.add(response.status() + ": " + response.url());
                    }
                });
        page.onRequest(
                request -> {
                    if (!request.url().startsWith(home)) {
                        faults.add("elsewhere: " + request.url());
                    }
                });
        page.navigate(home);
    }

    private static String axe() {
        try (var script = Watcher.class.getResourceAsStream("/axe.min.js")) {
            return new String(
                    Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Page page() {
        return page;
    }

    /// Opens the only service, from the overview.
    void openService() {
        page.locator("main tbody a").first().click();
        page.locator("#whatif").waitFor();
        page.locator("#chart-load ~ div canvas").waitFor();
    }

    Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    /// Moves the slider to a share of what is kept.
    void moment(double share) {
        var slider = page.locator("input[type=range]");
        int most = Integer.parseInt(slider.getAttribute("max"));
        slider.fill(Integer.toString((int) (share * most)));
    }

    void picture(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    /// No accessibility fault, and nothing that runs out of the page at the side.
    void isAccessible() {
        page.evaluate(AXE);
        var faulty =
                page.evaluate(
                        "async () => (await axe.run()).violations.map(v =>"
                                + " `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`).join('\\n')");
        assertThat(faulty).as("accessibility of %s", page.url()).isEqualTo("");
        var wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1");
        assertThat(wider).as("wider than the window: %s", page.url()).isEqualTo(false);
    }

    /// Nothing went wrong, and nobody else was asked.
    void noticedNothing() {
        assertThat(faults).as(home).isEmpty();
    }

    @Override
    public void close() {
        context.close();
    }
}
