package dev.ratematch.harness.cluster;

/// Where replicas are placed: hosts (or NVLink domains) with a fixed number of GPUs each. A replica
/// never spans two.
final class Hosts {

    private static final int NOWHERE = -1;

    private final int[] free;
    private final boolean[] lost;

    Hosts(int gpus, int gpusPerHost) {
        int count = (gpus + gpusPerHost - 1) / gpusPerHost;
        free = new int[count];
        lost = new boolean[count];
        for (int i = 0; i < count; i++) {
            free[i] = Math.min(gpusPerHost, gpus - i * gpusPerHost);
        }
    }

    int count() {
        return free.length;
    }

    /// Takes GPUs on the fullest host that has room.
    ///
    /// @return the host, or a negative number when none has room
    int take(int gpus) {
        int best = NOWHERE;
        for (int i = 0; i < free.length; i++) {
            if (!lost[i] && free[i] >= gpus && (best < 0 || free[i] < free[best])) {
                best = i;
            }
        }
        if (best >= 0) {
            free[best] -= gpus;
        }
        return best;
    }

    void giveBack(int host, int gpus) {
        free[host] += gpus;
    }

    void lose(int host) {
        lost[host] = true;
    }
}
