package dev.ratematch.harness.plant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Where replicas are placed. A replica that fits a host has all its GPUs on one; a wider one takes
/// whole hosts of one NVLink domain; none spans two domains.
final class Hosts {

    private static final int NEVER = -1;

    private final int gpusPerHost;
    private final int hostsPerDomain;
    private final int[] free;
    private final boolean[] lost;

    /// When the image is, or was, there; negative where nobody has asked for it.
    private final long[] imageNanos;

    /// GPUs of one replica on one host.
    record Share(int host, int gpus) {}

    Hosts(int gpus, Topology topology) {
        gpusPerHost = topology.gpusPerHost();
        hostsPerDomain = topology.gpusPerDomain() / gpusPerHost;
        int count = (gpus + gpusPerHost - 1) / gpusPerHost;
        free = new int[count];
        lost = new boolean[count];
        imageNanos = new long[count];
        Arrays.fill(imageNanos, NEVER);
        for (int i = 0; i < count; i++) {
            free[i] = Math.min(gpusPerHost, gpus - i * gpusPerHost);
        }
    }

    int count() {
        return free.length;
    }

    /// Takes GPUs where least room is left over.
    ///
    /// @return what was taken, null when there is no room
    @Nullable List<Share> take(int gpus) {
        var shares = gpus <= gpusPerHost ? onOneHost(gpus) : onWholeHosts(gpus);
        if (shares != null) {
            for (var share : shares) {
                free[share.host] -= share.gpus;
            }
        }
        return shares;
    }

    private @Nullable List<Share> onOneHost(int gpus) {
        int best = -1;
        for (int i = 0; i < free.length; i++) {
            if (!lost[i] && free[i] >= gpus && (best < 0 || free[i] < free[best])) {
                best = i;
            }
        }
        return best < 0 ? null : List.of(new Share(best, gpus));
    }

    private @Nullable List<Share> onWholeHosts(int gpus) {
        List<Share> best = null;
        int fewest = Integer.MAX_VALUE;
        for (int from = 0; from < free.length; from += hostsPerDomain) {
            var shares = new ArrayList<Share>();
            int left = gpus;
            int room = 0;
            for (int i = from; i < Math.min(free.length, from + hostsPerDomain); i++) {
                int part = Math.min(gpusPerHost, left);
                boolean idle = !lost[i] && free[i] == gpusPerHost;
                if (idle && part > 0) {
                    shares.add(new Share(i, part));
                    left -= part;
                }
                room += lost[i] ? 0 : free[i];
            }
            if (left == 0 && room < fewest) {
                fewest = room;
                best = shares;
            }
        }
        return best;
    }

    void giveBack(List<Share> shares) {
        for (var share : shares) {
            free[share.host] += share.gpus;
        }
    }

    /// When every host of a placement has the image. One that never had it begins to pull now.
    ///
    /// @param pullNanos draws how long that takes
    long imageReadyNanos(List<Share> shares, long nowNanos, LongSupplier pullNanos) {
        long ready = nowNanos;
        for (var share : shares) {
            if (imageNanos[share.host] < 0) {
                imageNanos[share.host] = nowNanos + pullNanos.getAsLong();
            }
            ready = Math.max(ready, imageNanos[share.host]);
        }
        return ready;
    }

    void lose(int host) {
        lost[host] = true;
    }
}
