package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.WorkersSpec;
import dev.ratematch.k8s.operator.SwitchText.Candidate;
import java.util.List;
import java.util.Map;

/// Workers of one target, as far as a status tells of them.
///
/// @param candidates that serve in each role, in the order in which people would switch them
record SharedTarget(WorkersSpec workers, SwitchView view, Map<Role, List<Candidate>> candidates) {}
