package dev.ratematch.controller.estimate;

/// One usable observation window, as numbers. Built only from snapshots whose rate and lengths are
/// known, so that nothing in here is a guess; where traffic has just turned the answers are those
/// of `Precedents`, which were seen then.
///
/// @param atSeconds when it ended
/// @param seconds how long it was
/// @param arrived requests offered in it
/// @param sequencesPerRequest sequences that decode makes of one request
public record Window(
        double atSeconds,
        double seconds,
        double arrived,
        double inputTokens,
        double inputCv2,
        double uncachedInputTokens,
        double outputTokens,
        double outputCv2,
        double acceptLength,
        double localPrefillShare,
        double prefillQueued,
        double decodeQueued,
        double sequencesPerRequest) {

    /// Of requests for one sequence each.
    public Window(
            double atSeconds,
            double seconds,
            double arrived,
            double inputTokens,
            double inputCv2,
            double uncachedInputTokens,
            double outputTokens,
            double outputCv2,
            double acceptLength,
            double localPrefillShare,
            double prefillQueued,
            double decodeQueued) {
        this(
                atSeconds,
                seconds,
                arrived,
                inputTokens,
                inputCv2,
                uncachedInputTokens,
                outputTokens,
                outputCv2,
                acceptLength,
                localPrefillShare,
                prefillQueued,
                decodeQueued,
                1);
    }

    /// The same with other answers.
    Window withOutput(double tokens, double cv2) {
        return new Window(
                atSeconds,
                seconds,
                arrived,
                inputTokens,
                inputCv2,
                uncachedInputTokens,
                tokens,
                cv2,
                acceptLength,
                localPrefillShare,
                prefillQueued,
                decodeQueued,
                sequencesPerRequest);
    }
}
