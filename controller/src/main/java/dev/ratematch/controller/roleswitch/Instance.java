package dev.ratematch.controller.roleswitch;

/// What one look saw of one instance: an engine, or a group of pods that switches as one.
///
/// @param name unique among those seen
/// @param incarnation changes whenever the engine starts anew, in the same pod or another of the
///   same name; such as pod UID and restarts
/// @param home its pool, by its label
/// @param ready whether it can serve
/// @param leaving whether it is being deleted; it counts nowhere then
/// @param live what the engine says; [LiveRole#UNKNOWN] for [Protocol#LABEL]
/// @param reply to the last order sent to it by this process
public record Instance(
        String name,
        String incarnation,
        Home home,
        boolean ready,
        boolean leaving,
        Load load,
        LiveRole live,
        Reply reply) {}
