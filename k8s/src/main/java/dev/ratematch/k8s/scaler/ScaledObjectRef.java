package dev.ratematch.k8s.scaler;

import java.util.Map;

/// Who asks: a ScaledObject and the metadata of its trigger.
record ScaledObjectRef(String name, String namespace, Map<String, String> metadata) {

    ScaledObjectRef {
        metadata = Map.copyOf(metadata);
    }
}
