package dev.ratematch.sizing.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// How one process of an engine is started.
///
/// @param words of the command line, the program first
public record Launch(List<Word> words) {

    private static final String NEXT = " \\\n  ";

    public Launch {
        words = List.copyOf(words);
    }

    /// Whether a shell has to run it.
    public boolean needsShell() {
        return words.stream().anyMatch(Word::expands);
    }

    /// The words as the program gets them, where no shell is needed.
    public List<String> plain() {
        return words.stream().map(Word::text).toList();
    }

    /// One command for a shell, an option and its value on each line.
    public String script() {
        var lines = new ArrayList<String>();
        for (var word : words) {
            String text = word.quoted();
            if (!lines.isEmpty() && !word.text().startsWith("--")) {
                lines.set(lines.size() - 1, lines.getLast() + " " + text);
            } else {
                lines.add(text);
            }
        }
        return lines.stream().collect(Collectors.joining(NEXT));
    }

    /// Collects words.
    static final class Words {
        private final List<Word> words = new ArrayList<>();

        Words add(Object... texts) {
            for (var text : texts) {
                words.add(text instanceof Word word ? word : Word.of(text));
            }
            return this;
        }

        Words addAll(List<Word> more) {
            words.addAll(more);
            return this;
        }

        List<Word> list() {
            return List.copyOf(words);
        }

        Launch launch() {
            return new Launch(words);
        }
    }
}
