package dev.ratematch.costmodel.frontier.mix;

import dev.ratematch.costmodel.units.Check;
import java.util.Arrays;

/// Where stages of workers may lie: each within one NVLink domain (an HGX host of 8, an NVL72
/// rack), whole workers over several when they are pipelines.
///
/// @param domainGpus GPUs of one domain
/// @param budgetGpus GPUs in all; the last domain may be used in part
public record Placement(int domainGpus, int budgetGpus) {

    public Placement {
        Check.atLeast("domainGpus", domainGpus, 1);
        Check.atLeast("budgetGpus", budgetGpus, 1);
    }

    /// Whether the pieces can be put into the domains, largest first into the first with room. That
    /// is exact when every size divides the next larger one, as powers of two do.
    public boolean fits(int[] pieceGpus) {
        int[] sorted = pieceGpus.clone();
        Arrays.sort(sorted);
        int domains = (budgetGpus + domainGpus - 1) / domainGpus;
        int[] free = new int[domains];
        Arrays.fill(free, domainGpus);
        free[domains - 1] = budgetGpus - (domains - 1) * domainGpus;
        int first = 0;
        for (int i = sorted.length - 1; i >= 0; i--) {
            // Pieces of one size fill domains in order, so that full ones need no second look.
            first = i < sorted.length - 1 && sorted[i] == sorted[i + 1] ? first : 0;
            while (first < domains && free[first] < sorted[i]) {
                first++;
            }
            if (first == domains) {
                return false;
            }
            free[first] -= sorted[i];
        }
        return true;
    }

    /// Most GPUs that pieces of at least `pieceGpus` can take.
    public int capacity(int pieceGpus) {
        int full = budgetGpus / domainGpus;
        int rest = budgetGpus % domainGpus;
        return full * (domainGpus / pieceGpus * pieceGpus) + rest / pieceGpus * pieceGpus;
    }

    /// Whether pieces of that size leave no gap in a domain.
    public boolean divides(int pieceGpus) {
        return domainGpus % pieceGpus == 0;
    }
}
