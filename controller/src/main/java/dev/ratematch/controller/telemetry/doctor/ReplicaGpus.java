package dev.ratematch.controller.telemetry.doctor;

import dev.ratematch.controller.telemetry.Sample;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.RequestedGpus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// GPUs of one replica, by what its pods request or by the ranks that they expose.
///
/// @param gpus of each replica of the pool
/// @param by what told it, for people
public record ReplicaGpus(int gpus, String by) {

    /// Labels by which SGLang tells the processes of a replica apart; each has a GPU.
    private static final List<String> RANKS = List.of("dp_rank", "pp_rank", "tp_rank");

    /// What a pool's replicas have; empty where nothing tells it, or they have unlike numbers.
    public static Optional<ReplicaGpus> of(
            Source source, List<Patient> patients, RequestedGpus requested) {
        var replicas = new TreeMap<String, List<Patient>>();
        for (var patient : patients) {
            if (patient.source() == source && patient.answer().scrape() != null) {
                replicas.computeIfAbsent(patient.answer().replica(), _ -> new ArrayList<>())
                        .add(patient);
            }
        }
        var asked = new TreeSet<Integer>();
        var ranked = new TreeSet<Integer>();
        for (var replica : replicas.values()) {
            var pods = new TreeSet<String>();
            replica.forEach(patient -> pods.add(patient.answer().pod()));
            asked.add(requested.of(pods).orElse(0));
            ranked.add(ranks(replica).orElse(0));
        }
        return agreed(asked)
                .map(gpus -> new ReplicaGpus(gpus, "the GPUs that its pods request"))
                .or(
                        () ->
                                agreed(ranked)
                                        .map(
                                                gpus ->
                                                        new ReplicaGpus(
                                                                gpus,
                                                                "the ranks that its pods expose")));
    }

    private static Optional<Integer> agreed(TreeSet<Integer> told) {
        return told.size() == 1 && told.getFirst() > 0
                ? Optional.of(told.getFirst())
                : Optional.empty();
    }

    /// Engines that expose one process only show one rank, however many they have.
    private static OptionalInt ranks(List<Patient> replica) {
        Set<Map<String, String>> ranks = new HashSet<>();
        for (var patient : replica) {
            var scrape = patient.answer().scrape();
            if (scrape != null) {
                scrape.samples().forEach(sample -> rank(sample).ifPresent(ranks::add));
            }
        }
        return ranks.size() > 1 ? OptionalInt.of(ranks.size()) : OptionalInt.empty();
    }

    private static Optional<Map<String, String>> rank(Sample sample) {
        var rank = new TreeMap<String, String>();
        for (String label : RANKS) {
            String value = sample.series().label(label);
            if (value != null && !value.isEmpty()) {
                rank.put(label, value);
            }
        }
        return rank.containsKey("tp_rank") ? Optional.of(rank) : Optional.empty();
    }
}
