package dev.ratematch.harness.judge;

/// Told how far a long piece of work is.
@FunctionalInterface
public interface Progress {

    /// Nobody listens.
    Progress NONE = (_, _) -> {};

    /// Tells.
    ///
    /// @param what the piece, such as a policy's name
    /// @param share done, 0 to 1
    void at(String what, double share);
}
