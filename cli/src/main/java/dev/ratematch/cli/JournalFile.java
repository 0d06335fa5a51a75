package dev.ratematch.cli;

import dev.ratematch.controller.replay.NotAJournalException;
import dev.ratematch.controller.replay.Replay;
import dev.ratematch.controller.replay.Replayed;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads the file of a journal. What is wrong with it names the file.
final class JournalFile {

    private JournalFile() {}

    /// Decides the cycles of a file again.
    ///
    /// @throws IllegalArgumentException if it is no journal
    static Replayed replayed(Path file, Replay replay) {
        try (var lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                replay.line(line);
            }
            return replay.end();
        } catch (NotAJournalException e) {
            throw new IllegalArgumentException("FILE (%s), %s".formatted(file, e.getMessage()), e);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "FILE (%s) does not exist; it must be a journal.".formatted(file), e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "FILE (%s) is not UTF-8 text; it must be a journal.".formatted(file), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "FILE (%s) cannot be read: %s.".formatted(file, e.getMessage()), e);
        }
    }
}
