package dev.ratematch.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// How a run ended, for scripts.
enum ExitCode {
    DONE(0, "done"),
    FAILED(
            1,
            "failed, with the reason on standard error: a file or the network, faults found "
                    + "by doctor, no recommendation possible, a replay that differs, or a bug in "
                    + "ratematch"),
    WRONG(2, "the command line or its input is wrong; nothing was written"),
    NO_PLAN(3, "plan: the input is valid, but no plan meets the targets with these GPUs"),
    INTERRUPTED(130, "interrupted by Ctrl-C; 143 by SIGTERM");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /// What the process ends with.
    int code() {
        return code;
    }

    /// One sentence.
    String meaning() {
        return meaning;
    }

    /// All of them by their code, in order.
    static Map<String, String> map() {
        var all = new LinkedHashMap<String, String>();
        for (var each : values()) {
            all.put(String.valueOf(each.code), each.meaning);
        }
        return all;
    }
}
