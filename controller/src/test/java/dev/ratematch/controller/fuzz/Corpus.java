package dev.ratematch.controller.fuzz;

import dev.ratematch.controller.telemetry.Exposition;
import dev.ratematch.controller.telemetry.SharedScrapes;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Fleets as they expose themselves, look after look: the bundled samples, and what the shared
/// folder has where there is one.
final class Corpus {

    /// Looks at each fleet.
    static final int LOOKS = 4;

    private static final Catalogue CATALOGUE = Catalogue.shipped();

    /// Names of prefill, decode and frontend, `next` ones included.
    private static final List<List<String>> SHARED =
            List.of(
                    List.of("vllm-prefill", "vllm-decode", "epp-frontend"),
                    List.of("sglang-prefill", "sglang-decode", ""),
                    List.of("trtllm-prefill", "trtllm-decode", ""),
                    List.of("dynamo-prefill", "dynamo-decode", "dynamo-frontend"),
                    List.of("sglang-legacy-prefill", "sglang-legacy-decode", ""),
                    List.of("vllm-legacy-v0.8", "vllm-decode-dp2", ""),
                    List.of("triton-trtllm", "trtllm-decode", ""),
                    List.of("openmetrics-sample", "edge-cases", ""),
                    List.of("real/vllm-prefill", "real/vllm-decode", ""),
                    List.of(
                            "real/sglang-0.5.23-collector-prefill",
                            "real/sglang-0.5.23-collector-decode",
                            ""),
                    List.of("real/dynamo-prefill0", "real/dynamo-decode0", "real/dynamo-frontend"));

    private Corpus() {}

    /// One fleet.
    ///
    /// @param looks text of each kind of pods, by look
    record Fleet(String name, Map<Source, List<String>> looks) {

        String text(Source source, int look) {
            return looks.getOrDefault(source, List.of()).get(look);
        }

        boolean has(Source source) {
            return looks.containsKey(source);
        }
    }

    static List<Fleet> fleets() {
        var fleets = new ArrayList<Fleet>();
        fleets.add(
                fleet(
                        "bundled",
                        grown(SharedScrapes.bundled("small-prefill.prom"), Optional.empty()),
                        grown(SharedScrapes.bundled("small-decode.prom"), Optional.empty()),
                        grown(SharedScrapes.bundled("small-frontend.prom"), Optional.empty())));
        fleets.add(
                fleet(
                        "bundled without frontend",
                        grown(SharedScrapes.bundled("small-prefill.prom"), Optional.empty()),
                        grown(SharedScrapes.bundled("small-decode.prom"), Optional.empty()),
                        List.of()));
        var folder = SharedScrapes.folder();
        if (folder.isPresent()) {
            for (var names : SHARED) {
                fleets.add(
                        fleet(
                                names.get(0),
                                shared(folder.get(), names.get(0)),
                                shared(folder.get(), names.get(1)),
                                names.get(2).isEmpty()
                                        ? List.of()
                                        : shared(folder.get(), names.get(2))));
            }
        }
        return fleets;
    }

    private static Fleet fleet(
            String name, List<String> prefill, List<String> decode, List<String> frontend) {
        var looks = new EnumMap<Source, List<String>>(Source.class);
        looks.put(Source.PREFILL, prefill);
        looks.put(Source.DECODE, decode);
        if (!frontend.isEmpty()) {
            looks.put(Source.FRONTEND, frontend);
        }
        return new Fleet(name, looks);
    }

    private static List<String> shared(Path folder, String name) {
        return grown(
                found(folder, name, ".prom", "-1.prom", ".txt").orElseThrow(),
                found(folder, name, ".next.prom", "-2.prom"));
    }

    private static Optional<String> found(Path folder, String name, String... endings) {
        for (String ending : endings) {
            var file = folder.resolve(name + ending);
            if (Files.exists(file)) {
                return Optional.of(SharedScrapes.read(file));
            }
        }
        return Optional.empty();
    }

    /// The same process at each look: counters go on as they began. Of lines that nothing reads
    /// only some are kept, so that most changes meet what matters.
    private static List<String> grown(String first, Optional<String> next) {
        var later = new HashMap<String, Double>();
        next.ifPresent(text -> text.lines().forEach(line -> split(line, later)));
        var lines = new ArrayList<String>();
        int unread = 0;
        for (String line : first.lines().toList()) {
            String name = line.split("[{ ]", 2)[0];
            if (line.startsWith("#") || !CATALOGUE.reads(name)) {
                unread++;
            }
            if ((!line.startsWith("#") && CATALOGUE.reads(name)) || unread % 10 == 1) {
                lines.add(line);
            }
        }
        var looks = new ArrayList<String>();
        for (int look = 0; look < LOOKS; look++) {
            var text = new StringBuilder();
            for (String line : lines) {
                text.append(grown(line, later, look)).append('\n');
            }
            looks.add(text.toString());
        }
        Exposition.parse(looks.getLast());
        return looks;
    }

    private static String grown(String line, Map<String, Double> later, int look) {
        int end = line.lastIndexOf(' ');
        String series = line.substring(0, Math.max(0, end));
        String name = line.split("[{ ]", 2)[0];
        if (line.startsWith("#") || !CATALOGUE.reads(name) || line.contains(" # ") || look == 0) {
            return line;
        }
        double value;
        try {
            value = Double.parseDouble(line.substring(end + 1));
        } catch (NumberFormatException _) {
            return line;
        }
        boolean counts = name.matches(".*_(total|count|sum|bucket)");
        double growth = later.getOrDefault(series, counts ? value * 1.2 : value) - value;
        return Double.isFinite(growth) ? series + " " + (value + look * growth) : line;
    }

    private static void split(String line, Map<String, Double> into) {
        int end = line.lastIndexOf(' ');
        try {
            into.put(
                    line.substring(0, Math.max(0, end)),
                    Double.parseDouble(line.substring(end + 1)));
        } catch (NumberFormatException _) {
            // A comment, or a value that no line grows to.
        }
    }
}
