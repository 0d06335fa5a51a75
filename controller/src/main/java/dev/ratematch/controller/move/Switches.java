package dev.ratematch.controller.move;

import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.spec.ServiceSpec;

/// Of a change of counts, the replicas that change their role with the GPUs that they have.
public record Switches(int toPrefill, int toDecode) {

    /// None.
    public static final Switches NONE = new Switches(0, 0);

    /// What one role gives and the other takes, where the service switches.
    public static Switches between(ServiceSpec spec, Sizes from, Sizes to) {
        return spec.switching().possible() ? traded(from, to) : NONE;
    }

    /// What one role gives and the other takes.
    static Switches traded(Sizes from, Sizes to) {
        int prefill = to.prefill() - from.prefill();
        int decode = to.decode() - from.decode();
        return new Switches(
                Math.max(0, Math.min(prefill, -decode)), Math.max(0, Math.min(decode, -prefill)));
    }

    /// The same of no more than so many replicas.
    Switches atMost(int replicas) {
        return new Switches(Math.min(toPrefill, replicas), Math.min(toDecode, replicas));
    }

    /// In whichever direction.
    public int count() {
        return toPrefill + toDecode;
    }
}
