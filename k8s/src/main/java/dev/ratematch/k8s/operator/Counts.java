package dev.ratematch.k8s.operator;

import java.util.LinkedHashMap;
import java.util.Map;

/// How often each of the latest events was said. What has not been said for long is forgotten
/// first: texts are many in the life of a process, and none of them is worth its memory for ever.
final class Counts {

    /// Some events for each of a thousand RateMatchers.
    static final int MOST = 4096;

    private static final float LOAD = 0.75f;

    private final Map<String, Integer> counts =
            new LinkedHashMap<>(16, LOAD, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
                    return size() > MOST;
                }
            };

    /// Counts one more.
    synchronized int next(String name) {
        return counts.merge(name, 1, Integer::sum);
    }

    /// Begins again at one.
    synchronized void restart(String name) {
        counts.put(name, 1);
    }

    synchronized void forget(String name) {
        counts.remove(name);
    }

    synchronized int size() {
        return counts.size();
    }
}
