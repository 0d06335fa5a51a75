package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The calibrated kernels of one system: fitted surfaces with where they come from and how well
/// they fit.
///
/// @param accelerator system that was measured
/// @param provenance where the measurements come from
/// @param families fitted families, in the order of their names
public record KernelProfile(
        Accelerator accelerator, Provenance provenance, Map<KernelFamily, FamilyProfile> families) {

    private static final Comparator<KernelFamily> BY_NAME =
            Comparator.comparing(KernelFamily::name);

    /// Where measurements come from, under which licence, and to whom they are owed.
    ///
    /// @param engine kernels of which engine and version
    /// @param source public origin
    /// @param licence its licence
    /// @param attribution whom to name
    public record Provenance(String engine, String source, String licence, String attribution) {}

    public KernelProfile {
        var byName = new TreeMap<KernelFamily, FamilyProfile>(BY_NAME);
        byName.putAll(families);
        families = byName;
    }

    /// Fits every family that has samples.
    public static KernelProfile fit(
            Accelerator accelerator,
            Provenance provenance,
            Map<KernelFamily, List<Sample>> samples) {
        var families = new LinkedHashMap<KernelFamily, FamilyProfile>();
        samples.forEach(
                (family, rows) -> {
                    if (!rows.isEmpty()) {
                        families.put(family, FamilyProfile.fit(family, rows, accelerator));
                    }
                });
        return new KernelProfile(accelerator, provenance, families);
    }

    /// The fit of one family; refused by name when the profile has none.
    public FamilyProfile family(KernelFamily family) {
        FamilyProfile fitted = families.get(family);
        if (fitted == null) {
            throw new IllegalArgumentException(
                    "The profile of %s has no %s kernels; it has %s."
                            .formatted(
                                    accelerator.name(),
                                    family.name(),
                                    String.join(
                                            ", ",
                                            families.keySet().stream()
                                                    .map(KernelFamily::name)
                                                    .toList())));
        }
        return fitted;
    }

    /// Same kernels, told for an accelerator that was not measured: its own rates scale the
    /// roofline, the surfaces stay.
    public KernelProfile transferred(Accelerator other) {
        var told = new LinkedHashMap<KernelFamily, FamilyProfile>();
        families.forEach((family, fitted) -> told.put(family, fitted.transferred()));
        return new KernelProfile(other, provenance, told);
    }
}
