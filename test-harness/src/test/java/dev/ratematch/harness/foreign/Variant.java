package dev.ratematch.harness.foreign;

import java.util.List;

/// A site and its lengths. Each differs in one thing from the first: what holds on all of them
/// leans on no figure of it.
record Variant(Site site, Lengths lengths) {

    static final Variant STANDARD = new Variant(Site.standard(), Lengths.USUAL);

    static final List<Variant> ALL = all();

    private static List<Variant> all() {
        var site = STANDARD.site();
        var engine = site.engine();
        return List.of(
                STANDARD,
                of(site.named("prefill 40 % slower").with(engine.slower(1.4, 1))),
                of(site.named("prefill 40 % faster").with(engine.slower(0.6, 1))),
                of(site.named("decode 40 % slower").with(engine.slower(1, 1.4))),
                of(site.named("decode 40 % faster").with(engine.slower(1, 0.6))),
                of(site.named("least loaded").with(new Site.Habits(true, false))),
                of(site.named("first token from prefill").with(new Site.Habits(false, true))),
                of(site.named("lead 30 s").paced(25, 35, 0)),
                of(site.named("lead 240 s").paced(210, 270, 0)),
                of(site.named("drains linger 90 s").paced(60, 90, 90)),
                of(site.named("8 GPUs").budget(8)),
                of(site.named("little KV room").with(engine.room(120_000, 400_000))),
                new Variant(site.named("long requests"), Lengths.LONG),
                new Variant(site.named("short requests"), Lengths.SHORT));
    }

    private static Variant of(Site site) {
        return new Variant(site, Lengths.USUAL);
    }
}
