package dev.ratematch.harness.http;

import dev.ratematch.costmodel.units.Check;

/// Where a plant listens.
///
/// @param host address that it listens on and is told to be at
/// @param first port of the API, the frontend's and the pods' follow; 0 for whatever is free
public record Ports(String host, int first) {

    /// Free ports of the loopback interface.
    public static final Ports FREE = new Ports("127.0.0.1", 0);

    /// Pods that there may ever be: ports are given by number, and there are so many of them.
    private static final int PORTS_MAX = 65_535;

    public Ports {
        if (first != 0) {
            Check.within("first port", first, 1, PORTS_MAX - 100);
        }
    }

    int api() {
        return first;
    }

    int frontend() {
        return first == 0 ? 0 : first + 1;
    }

    /// Pods are numbered through, so each has its own.
    int pod(String name) {
        return first == 0
                ? 0
                : first + 2 + Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
    }
}
