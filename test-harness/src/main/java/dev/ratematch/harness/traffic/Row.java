package dev.ratematch.harness.traffic;

/// One request as it stands in a file.
///
/// @param line where, from 1
/// @param at arrival, in the unit of the file
/// @param inputTokens ISL
/// @param outputTokens OSL
/// @param ids of its prefix blocks; empty for none
/// @param segment its name; empty for none
@SuppressWarnings("ArrayRecordComponent") // millions of these; never compared by value
record Row(long line, Stamp at, int inputTokens, int outputTokens, long[] ids, String segment) {

    static final long[] NO_IDS = {};

    /// Whether its last block of so many tokens begins behind the end of the prompt.
    boolean overrun(long blockTokens) {
        return (ids.length - 1) * blockTokens >= inputTokens;
    }
}
