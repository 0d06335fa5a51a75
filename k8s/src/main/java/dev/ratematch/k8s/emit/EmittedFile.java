package dev.ratematch.k8s.emit;

/// One file to write.
///
/// @param path below the folder, with `/`
/// @param text all of it
public record EmittedFile(String path, String text) {}
