package dev.ratematch.k8s.api;

/// Names that belong to the API and therefore never change within a version.
public final class Api {

    /// API group of all our kinds.
    public static final String GROUP = "ratematch.dev";

    /// Served and stored version.
    public static final String VERSION = "v1alpha1";

    /// Annotation on a RateMatcher: `"true"` leaves the fleet alone for as long as it is there.
    public static final String PAUSED = "ratematch.dev/paused";

    /// Annotation on a pod that is being drained: since when, RFC 3339.
    public static final String DRAINING = "ratematch.dev/draining-since";

    /// Annotation on a pod that is out of both roles, on its way from one to the other: since when,
    /// RFC 3339.
    public static final String SWITCHING = "ratematch.dev/switching-since";

    /// Annotation on a pod whose engine has been told to take another role: the value that its role
    /// label is to get.
    public static final String SWITCHING_TO = "ratematch.dev/switching-to";

    /// Annotation on a pod that is empty and is to be removed next: since when, RFC 3339.
    public static final String RELEASED = "ratematch.dev/released-at";

    /// Annotation on a pod that was taken out of routing: the routing label's value, to put back.
    public static final String ROUTING_VALUE = "ratematch.dev/routing-value";

    /// Annotation on a pod that was taken out of routing: the routing label's name, to put back.
    public static final String ROUTING_LABEL = "ratematch.dev/routing-label";

    /// Annotation on a pod that drains or is to be removed: for whom, as `NAME/UID` of the
    /// RateMatcher in its namespace.
    public static final String DRAINED_FOR = "ratematch.dev/drained-for";

    /// Finalizer of a RateMatcher for which something drains, so that its end puts that back.
    public static final String FINALIZER = "ratematch.dev/drains";

    /// Condition type of the readiness gate that takes a pod out of routing.
    public static final String SERVING_GATE = "ratematch.dev/serving";

    /// Who we are in `managedFields`.
    public static final String FIELD_MANAGER = "ratematch";

    private Api() {}
}
