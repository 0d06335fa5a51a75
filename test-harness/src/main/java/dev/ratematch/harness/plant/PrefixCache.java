package dev.ratematch.harness.plant;

import dev.ratematch.harness.traffic.Request;
import java.util.LinkedHashMap;

/// Blocks of earlier prompts that a prefill replica still holds; the least recently used go first.
final class PrefixCache {

    private final long capacityTokens;
    private final LinkedHashMap<Long, Integer> blocks = new LinkedHashMap<>(64, 0.75f, true);
    private long heldTokens;

    PrefixCache(long capacityTokens) {
        this.capacityTokens = capacityTokens;
    }

    /// Tokens of the request's prompt that need not be computed. The last token always is.
    int hit(Request request) {
        var prefix = request.prefix();
        int tokens = 0;
        for (long id : prefix.ids()) {
            if (!blocks.containsKey(id)) {
                break;
            }
            tokens += prefix.blockTokens();
        }
        return Math.min(tokens, request.inputTokens() - 1);
    }

    void remember(Request request) {
        var prefix = request.prefix();
        for (long id : prefix.ids()) {
            if (blocks.put(id, prefix.blockTokens()) == null) {
                heldTokens += prefix.blockTokens();
            }
        }
        if (prefix.ids().length == 0) {
            return;
        }
        var oldest = blocks.entrySet().iterator();
        while (heldTokens > capacityTokens && oldest.hasNext()) {
            heldTokens -= oldest.next().getValue();
            oldest.remove();
        }
    }
}
