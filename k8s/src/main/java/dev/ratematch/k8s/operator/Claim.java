package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.fleet.TargetClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A count that a role scales. Two roles with equal claims write the same number.
///
/// @param group API group, whatever its version
/// @param path of the count within the object
record Claim(String group, String kind, String namespace, String name, String path) {

    /// Where `/scale` of the kinds that we know keeps the count.
    private static final String REPLICAS = "/spec/replicas";

    /// What the roles of a RateMatcher claim; less than two where its spec is not whole.
    static List<Claim> of(RateMatcher matcher) {
        var claims = new ArrayList<Claim>();
        for (var role : roles(matcher)) {
            claims.add(of(matcher.getMetadata().getNamespace(), role));
        }
        return claims;
    }

    static Claim of(String namespace, RoleSpec role) {
        var key = TargetClient.key(namespace, role.scaleTargetRef());
        int slash = key.apiVersion().indexOf('/');
        return new Claim(
                slash < 0 ? "" : key.apiVersion().substring(0, slash),
                key.kind(),
                namespace,
                key.name(),
                role.replicasPath() == null ? REPLICAS : role.replicasPath());
    }

    /// The roles that name a target; one stands for both where they share it.
    static List<RoleSpec> roles(RateMatcher matcher) {
        var spec = matcher.getSpec();
        if (spec == null) {
            return List.of();
        }
        if (spec.workers() != null) {
            return Stream.of(spec.workers().role(Role.PREFILL)).filter(Claim::named).toList();
        }
        return Stream.of(spec.prefill(), spec.decode()).filter(Claim::named).toList();
    }

    /// An older schema may have let in less than the types promise.
    private static boolean named(@Nullable RoleSpec role) {
        return role != null
                && role.scaleTargetRef() != null
                && role.scaleTargetRef().name() != null;
    }

    /// Kind and name, for people; with the path where the object holds several counts.
    String title() {
        String object = kind + "/" + name;
        return path.equals(REPLICAS) ? object : object + " " + path;
    }
}
