package dev.ratematch.harness.foreign;

/// What a policy reached.
///
/// @param offered requests
/// @param good requests whose TTFT and mean ITL are within the promise
/// @param gpuHours GPUs held while traffic lasted, starting and draining included
/// @param moves changes of the commanded counts that come later than 150 s after the one before
record Score(int offered, int good, double gpuHours, int moves) {

    double percent() {
        return 100.0 * good / offered;
    }

    String line(String name) {
        return "%-22s %6.2f %% good  %5.2f GPU-h  %3d moves"
                .formatted(name, percent(), gpuHours, moves);
    }
}
