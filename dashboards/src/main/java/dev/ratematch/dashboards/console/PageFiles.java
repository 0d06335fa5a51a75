package dev.ratematch.dashboards.console;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// The files that the page is made of. They hold no data, so that whoever may not see any still
/// gets the page, which asks for the token. Read when they are first asked for.
final class PageFiles {

    private static final String OURS = "/dev/ratematch/dashboards/console/";
    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String SVG = "image/svg+xml";

    private record Kind(String resource, String type) {}

    /// All that there is; nothing else in the jar can be asked for.
    private static final Map<String, Kind> KINDS =
            Map.ofEntries(
                    Map.entry("/", new Kind(OURS + "index.html", HTML)),
                    Map.entry("/console/console.css", new Kind(OURS + "console.css", CSS)),
                    Map.entry("/console/icon.svg", new Kind(OURS + "icon.svg", SVG)),
                    script("app"),
                    script("charts"),
                    script("decisions"),
                    script("dom"),
                    script("format"),
                    script("frontier"),
                    script("overview"),
                    script("panels"),
                    script("replay"),
                    script("service"),
                    script("store"),
                    script("theme"),
                    script("whatif"),
                    script("words"),
                    Map.entry("/console/uplot.js", new Kind(CHARTS + "uPlot.iife.min.js", SCRIPT)),
                    Map.entry("/console/uplot.css", new Kind(CHARTS + "uPlot.min.css", CSS)));

    private record Content(Buffer bytes, String tag) {}

    private static final Map<String, Content> READ = new ConcurrentHashMap<>();

    private PageFiles() {}

    private static Map.Entry<String, Kind> script(String name) {
        return Map.entry("/console/%s.js".formatted(name), new Kind(OURS + name + ".js", SCRIPT));
    }

    /// Addresses of all files.
    static Iterable<String> paths() {
        return KINDS.keySet();
    }

    /// Answers a request for a file; false where there is no such file.
    static boolean answer(HttpServerRequest request, @Nullable String path) {
        var kind = Optional.ofNullable(path).map(KINDS::get);
        if (kind.isEmpty()) {
            return false;
        }
        var content = READ.computeIfAbsent(kind.get().resource(), PageFiles::read);
        boolean known = content.tag().equals(request.getHeader("If-None-Match"));
        var response =
                Replies.begun(request, known ? 304 : 200, kind.get().type())
                        .putHeader("Cache-Control", "no-cache")
                        .putHeader("ETag", content.tag());
        if (known) {
            response.end();
        } else {
            response.end(content.bytes());
        }
        return true;
    }

    private static Content read(String resource) {
        try (var stream = PageFiles.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("%s is not in the jar.".formatted(resource));
            }
            byte[] bytes = stream.readAllBytes();
            var sum = new CRC32();
            sum.update(bytes);
            return new Content(
                    Buffer.buffer(bytes), "\"%08x-%d\"".formatted(sum.getValue(), bytes.length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
