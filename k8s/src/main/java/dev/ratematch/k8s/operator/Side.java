package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.fleet.GpuWidth;
import dev.ratematch.k8s.fleet.Routing;
import dev.ratematch.k8s.fleet.TargetView;

/// What one look found of one pool.
record Side(RoleSpec spec, TargetView target, GpuWidth width, Routing routing) {}
