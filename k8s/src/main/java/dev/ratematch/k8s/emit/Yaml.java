package dev.ratematch.k8s.emit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Objects as YAML.
final class Yaml {

    private static final KubernetesSerialization WRITER = new KubernetesSerialization();
    private static final String START = "---";

    private Yaml() {}

    /// Several objects in one file, below what is said of them.
    static String file(String comment, List<? extends HasMetadata> objects) {
        var parts = new ArrayList<String>();
        for (var object : objects) {
            parts.add(text(object));
        }
        return said(comment) + String.join("", parts);
    }

    /// Fields that are no Kubernetes object.
    static String file(String comment, Map<String, Object> fields) {
        return said(comment) + plain(fields);
    }

    /// Fields as the content of a file.
    static String plain(Map<String, Object> fields) {
        return body(WRITER.asYaml(fields));
    }

    private static String text(HasMetadata object) {
        var node = WRITER.convertValue(object, ObjectNode.class);
        // What the API server fills in; a new object has none of it.
        node.remove("status");
        return START + "\n" + body(WRITER.asYaml(node));
    }

    private static String body(String yaml) {
        return yaml.startsWith(START) ? yaml.substring(START.length()).stripLeading() : yaml;
    }

    private static String said(String comment) {
        return comment.strip()
                .lines()
                .map(line -> ("# " + line).strip() + "\n")
                .reduce("", String::concat);
    }

    /// A map that keeps the order of its entries, given as key, value, key, value.
    static Map<String, Object> map(Object... entries) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(String.valueOf(entries[i]), entries[i + 1]);
        }
        return map;
    }
}
