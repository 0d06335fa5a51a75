package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.cli.SourceBlocks.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Rules that no compiler knows: what the sources and the documents as a whole must be.
class TidyTest {

    private static final Path ROOT =
            Path.of(System.getProperty("ratematch.root", "..")).toAbsolutePath().normalize();
    private static final int LINES_MAX = 400;
    private static final int METHOD_LINES_MAX = 60;
    private static final Set<String> TEXT =
            Set.of("java", "md", "xml", "yaml", "yml", "html", "css", "js", "sh", "json", "");

    // Written in pieces, so that this file does not break its own rules.
    private static final Pattern OPEN_END = Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME)\\b");
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(^|[^.\\w/])/(" + "wo" + "rk|tm" + "p|ho" + "me)/");
    private static final Pattern SKIPPED =
            Pattern.compile("@" + "Disabled|assume" + "(True|False|That)|abort" + "\\(");
    private static final Pattern SLEEP = Pattern.compile("\\bsleep\\s*\\(|\\.sleep\\b|::sleep\\b");
    private static final Pattern PAUSE =
            Pattern.compile("\\b(parkNanos|parkUntil|park|wait|onSpinWait)\\s*\\(");

    /// In code outside of imports, comments and strings.
    private static final Pattern QUALIFIED =
            Pattern.compile(
                    "^(?!\\s*(import|package|//))[^\"]*(?<![\\w.\"])(java|javax|org|com|dev)\\.[a-z.]+\\.[A-Z]");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
    private static final Pattern MAKE =
            Pattern.compile("(?:^|[`\\s])make ([a-z]+)(?=[\\s`.,;:]|$)");
    private static final Pattern COMMAND = Pattern.compile("\\./ratematch ([a-z][a-z-]*)");

    @Test
    void noSourceFileIsLongerThanFourHundredLines() {
        assertThat(sources("/src/")).filteredOn(f -> lines(f).size() > LINES_MAX).isEmpty();
    }

    @Test
    void noMethodIsLongerThanSixtyLines() {
        var tooLong = new ArrayList<String>();
        for (var file : sources("/src/")) {
            for (var block : SourceBlocks.of(read(file))) {
                if (block.kind() == Kind.METHOD && block.lines() > METHOD_LINES_MAX) {
                    tooLong.add(
                            "%s:%d: %d lines"
                                    .formatted(
                                            ROOT.relativize(file),
                                            block.firstLine(),
                                            block.lines()));
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void nothingIsLeftOpen() {
        assertThat(hits(texts(), OPEN_END)).isEmpty();
    }

    @Test
    void noPathOfOneMachine() {
        assertThat(hits(texts(), MACHINE_PATH)).isEmpty();
    }

    @Test
    void namesAreImported() {
        assertThat(hits(sources("/src/"), QUALIFIED)).isEmpty();
    }

    @Test
    void noTestIsSkippedOrSleeps() {
        var tests = sources("/src/test/");
        assertThat(hits(tests, SKIPPED)).isEmpty();
        assertThat(pauses(tests)).isEmpty();
    }

    /// Where a test only lets time pass. In a loop it asks again after each pause.
    private static List<String> pauses(List<Path> tests) {
        var pauses = new ArrayList<String>();
        for (var file : tests) {
            String source = read(file);
            String code = SourceBlocks.code(source);
            var loops =
                    SourceBlocks.of(source).stream().filter(b -> b.kind() == Kind.LOOP).toList();
            SLEEP.matcher(code)
                    .results()
                    .forEach(sleep -> pauses.add(at(file, code, sleep.start())));
            PAUSE.matcher(code)
                    .results()
                    .filter(pause -> loops.stream().noneMatch(loop -> loop.holds(pause.start())))
                    .forEach(pause -> pauses.add(at(file, code, pause.start())));
        }
        return pauses;
    }

    private static String at(Path file, String code, int offset) {
        return ROOT.relativize(file) + ":" + SourceBlocks.line(code, offset);
    }

    @Test
    void everyProductionPackageIsNullMarkedAndSaysWhatItIs() {
        var packages = new TreeSet<Path>();
        for (var file : sources("/src/main/")) {
            packages.add(parent(file));
        }
        assertThat(packages).isNotEmpty();
        for (var each : packages) {
            var info = each.resolve("package-info.java");
            assertThat(info).exists();
            assertThat(read(info)).as("%s", info).startsWith("///").contains("@NullMarked");
        }
    }

    @Test
    void everyLinkInTheDocumentsLeadsSomewhere() {
        var dead = new ArrayList<String>();
        for (var file : documents()) {
            var matcher = LINK.matcher(read(file));
            while (matcher.find()) {
                String target = matcher.group(1);
                if (!target.contains("://") && !Files.exists(parent(file).resolve(target))) {
                    dead.add(ROOT.relativize(file) + " -> " + target);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void everyMakeTargetThatIsNamedExists() {
        String makefile = read(ROOT.resolve("Makefile"));
        for (var name : List.of("README.md", "CONTRIBUTING.md")) {
            var matcher = MAKE.matcher(read(ROOT.resolve(name)));
            while (matcher.find()) {
                assertThat(makefile)
                        .as("%s names make %s", name, matcher.group(1))
                        .containsPattern("(?m)^" + matcher.group(1) + ":");
            }
        }
    }

    @Test
    void everyCommandOfTheReadmeExists() {
        String readme = read(ROOT.resolve("README.md"));
        var known = new CommandLine(Main.class).getSubcommands().keySet();
        var named = new TreeSet<String>();
        var matcher = COMMAND.matcher(readme);
        while (matcher.find()) {
            named.add(matcher.group(1));
        }
        assertThat(named).isNotEmpty();
        assertThat(known).containsAll(named);
    }

    private static List<String> hits(List<Path> files, Pattern pattern) {
        var hits = new ArrayList<String>();
        for (var file : files) {
            var lines = lines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (pattern.matcher(lines.get(i)).find()) {
                    hits.add(ROOT.relativize(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        return hits;
    }

    /// Files that people wrote: build output and hidden folders, `.ci` excepted, are left out.
    private static List<Path> files(Predicate<Path> wanted) {
        try (var walk = Files.walk(ROOT)) {
            var files =
                    walk.filter(Files::isRegularFile)
                            .filter(file -> written(ROOT.relativize(file)))
                            .filter(wanted)
                            .sorted()
                            .toList();
            assertThat(files).as("files below %s", ROOT).isNotEmpty();
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean written(Path file) {
        for (var part : file) {
            String name = part.toString();
            if (name.equals("target") || (name.startsWith(".") && !name.equals(".ci"))) {
                return false;
            }
        }
        return true;
    }

    private static List<Path> sources(String folder) {
        return files(f -> f.toString().endsWith(".java") && f.toString().contains(folder));
    }

    private static List<Path> texts() {
        return files(file -> TEXT.contains(extension(file)));
    }

    private static List<Path> documents() {
        return files(file -> extension(file).equals("md"));
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.contains(".") ? name.substring(name.lastIndexOf('.') + 1) : "";
    }

    private static Path parent(Path file) {
        return file.resolveSibling("");
    }

    private static List<String> lines(Path file) {
        return read(file).lines().toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
