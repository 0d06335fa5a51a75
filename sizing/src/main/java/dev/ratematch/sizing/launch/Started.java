package dev.ratematch.sizing.launch;

import java.util.Map;
import java.util.Optional;

/// How one replica is started, on one host or several.
///
/// On several, `$LWS_LEADER_ADDRESS` is the address of the first host and `$LWS_WORKER_INDEX` the
/// number of each, 0 for the first: so a LeaderWorkerSet names them, and so a script is told.
///
/// @param leader on the first host, which answers requests
/// @param worker on every other one; empty where there is none
/// @param hosts how many
/// @param environment variables of every process, in order
/// @param file what the engine reads beside its flags, as fields; empty where it reads none
public record Started(
        Launch leader,
        Optional<Launch> worker,
        int hosts,
        Map<String, String> environment,
        Map<String, Object> file) {

    /// Stands for the address that other pods reach this one by.
    public static final String POD_IP = "$(POD_IP)";
}
