package dev.ratematch.harness.judge;

/// A policy that decides by the true window or by itself and scrapes nothing, so that the plant
/// need not count for it. It holds its counts while telemetry is gone.
interface WindowPolicy extends Policy {

    @Override
    default boolean scrapes() {
        return false;
    }
}
