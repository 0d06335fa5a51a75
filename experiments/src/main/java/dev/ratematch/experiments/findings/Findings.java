package dev.ratematch.experiments.findings;

import java.util.List;

/// What a study found.
///
/// @param study its name, as the command line has it
/// @param title for the head of a page
/// @param question what was asked
/// @param answer one sentence, worked out from the figures
/// @param setting what it was asked of: model, GPUs, promise, traffic, and whose figures these are
/// @param tables figures
/// @param pictures drawings
/// @param paper what the paper says, whether this bears it out, and where not, why
public record Findings(
        String study,
        String title,
        String question,
        String answer,
        List<String> setting,
        List<Table> tables,
        List<Picture> pictures,
        List<Note> paper) {

    /// A statement of the paper beside ours.
    ///
    /// @param claim what the paper says, and where
    /// @param holds whether the figures here agree
    /// @param here what they say, and why where they do not agree
    public record Note(String claim, boolean holds, String here) {}

    public Findings {
        setting = List.copyOf(setting);
        tables = List.copyOf(tables);
        pictures = List.copyOf(pictures);
        paper = List.copyOf(paper);
    }
}
