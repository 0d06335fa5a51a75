package dev.ratematch.harness.foreign;

import java.util.List;

/// Sites that differ in one thing each from the standard one: what holds on all of them leans on
/// none of its figures.
final class Variants {

    private Variants() {}

    static List<Site> all() {
        var standard = Site.standard();
        var engine = standard.engine();
        return List.of(
                standard,
                standard.named("prefill 40 % slower").with(engine.slower(1.4, 1)),
                standard.named("prefill 30 % faster").with(engine.slower(0.7, 1)),
                standard.named("decode 40 % slower").with(engine.slower(1, 1.4)),
                standard.named("decode 40 % faster").with(engine.slower(1, 0.6)),
                standard.named("least loaded").with(new Site.Habits(true, false)),
                standard.named("first token from prefill").with(new Site.Habits(false, true)),
                standard.named("lead 30 s").paced(25, 35, 0),
                standard.named("lead 240 s").paced(210, 270, 0),
                standard.named("drains linger 90 s").paced(60, 90, 90),
                standard.named("8 GPUs").budget(8),
                standard.named("little KV room").with(engine.room(120_000, 400_000)));
    }
}
