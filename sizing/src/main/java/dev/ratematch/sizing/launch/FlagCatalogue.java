package dev.ratematch.sizing.launch;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The flags that programs have in the version that is planned for, as read from their own parsers
/// or sources; the tests hold every emitted command line against it.
///
/// @param read day on which they were read
/// @param programs one entry for each program
public record FlagCatalogue(String read, List<Program> programs) {

    /// The flags of one program.
    ///
    /// @param program first words of its command line
    /// @param product it belongs to
    /// @param version of the product
    /// @param source address that the flags are defined at
    /// @param by how they were read
    /// @param flags with their dashes
    public record Program(
            String program,
            String product,
            String version,
            String source,
            String by,
            Set<String> flags) {

        public Program {
            flags = new TreeSet<>(flags);
        }

        private boolean runs(List<String> words) {
            var own = Arrays.asList(program.split(" ", -1));
            return words.size() >= own.size() && words.subList(0, own.size()).equals(own);
        }
    }

    private static final FlagCatalogue SHIPPED = load();

    public FlagCatalogue {
        programs = List.copyOf(programs);
    }

    /// The one that is shipped.
    public static FlagCatalogue shipped() {
        return SHIPPED;
    }

    private static FlagCatalogue load() {
        try (var in = FlagCatalogue.class.getResourceAsStream("flags.json")) {
            return new ObjectMapper().readValue(in, FlagCatalogue.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the shipped flags cannot be read", e);
        }
    }

    /// The entry of a program by its first words.
    ///
    /// @throws IllegalArgumentException where there is none
    public Program program(List<String> words) {
        return find(words)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no flags are known of: " + String.join(" ", words)));
    }

    private Optional<Program> find(List<String> words) {
        return programs.stream().filter(each -> each.runs(words)).findFirst();
    }

    /// The entry of the program with exactly that name.
    public Program named(String program) {
        return programs.stream()
                .filter(each -> each.program().equals(program))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no flags are known of " + program));
    }

    /// Flags of a command line that its program does not have. Dynamo's components pass on those of
    /// the engine inside.
    public List<String> unknown(List<String> words) {
        var known = new TreeSet<>(program(words).flags());
        switch (String.join(" ", words.subList(0, Math.min(3, words.size())))) {
            case "python3 -m dynamo.vllm" -> known.addAll(named("vllm serve").flags());
            case "python3 -m dynamo.sglang" ->
                    known.addAll(named("python3 -m sglang.launch_server").flags());
            default -> {
                // Has flags of its own only.
            }
        }
        return words.stream()
                .filter(word -> word.startsWith("--"))
                .map(word -> word.split("=", 2)[0])
                .filter(flag -> !known.contains(flag))
                .toList();
    }
}
