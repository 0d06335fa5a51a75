package dev.ratematch.cli;

import java.util.Map;
import java.util.function.Consumer;

/// Options that were called otherwise in some commands. One name means the same in all of them now;
/// the old one still works, and says so.
final class OldSpellings {

    private static final Map<String, String> NOW =
            Map.of(
                    "--slo-ttft", "--ttft",
                    "--slo-itl", "--itl",
                    "--slo-percentile", "--percentile",
                    "--budget-gpus", "--gpus",
                    "--link", "--kv-link",
                    "--transfer", "--transfer-mode");

    private OldSpellings() {}

    /// The same command line in names of today.
    ///
    /// @param say told each name that has another one now
    static String[] today(String[] args, Consumer<String> say) {
        var today = args.clone();
        for (int i = 0; i < args.length; i++) {
            String[] parts = args[i].split("=", 2);
            String now = NOW.get(parts[0]);
            if (now != null) {
                today[i] = parts.length == 1 ? now : now + "=" + parts[1];
                say.accept(
                        "%s is now called %s; the old name still works.".formatted(parts[0], now));
            }
        }
        return today;
    }
}
