package dev.ratematch.k8s.fleet;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.HashMap;
import java.util.Map;

/// Our own writes, until the watch has caught up with them: a decision must never be made on a
/// state that we changed ourselves a moment ago. Resource versions of one kind are ordered
/// (Kubernetes 1.35 promises it, etcd always had it so).
final class Newest<T extends HasMetadata> {

    private final Map<String, T> written = new HashMap<>();

    /// Remembers what a write gave.
    void wrote(T object) {
        written.put(object.getMetadata().getUid(), object);
    }

    /// The newer of what the watch shows and what we wrote.
    T of(T cached) {
        var own = written.get(cached.getMetadata().getUid());
        if (own == null) {
            return cached;
        }
        if (version(own) > version(cached)) {
            return own;
        }
        written.remove(cached.getMetadata().getUid());
        return cached;
    }

    /// The number of an object's resource version.
    static long version(HasMetadata object) {
        return version(object.getMetadata().getResourceVersion());
    }

    /// The number of a resource version; 0 when it is none.
    static long version(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
