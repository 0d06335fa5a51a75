package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.frontier.mix.MixSolver;
import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Sets our integer mix against the plans of a peer, at the peer's own worker rates.
///
/// The peer picks a replica (a fixed set of prefill and decode workers) and tiles the pool with it;
/// it derates pools by 0.9 and 0.92 before it takes their minimum, so that the same factors are put
/// on the rates of our mix. Only workers that its best plans name are candidates.
public final class PeerPlans {

    private static final double PREFILL_SHARE = 0.9;
    private static final double DECODE_SHARE = 0.92;

    private static final List<String> SCENARIO =
            List.of(
                    "system",
                    "backend",
                    "version",
                    "model",
                    "gemm_q",
                    "moe_q",
                    "kv_q",
                    "fmha_q",
                    "isl",
                    "osl",
                    "prefix",
                    "ttft_sla",
                    "tpot_sla",
                    "total_gpus");

    private static final List<String> WORKERS =
            List.of(
                    "rank",
                    "num_total_gpus",
                    "p_workers",
                    "p_tp",
                    "p_pp",
                    "p_dp",
                    "p_seq_per_s_per_worker",
                    "d_workers",
                    "d_tp",
                    "d_pp",
                    "d_dp",
                    "d_seq_per_s_per_worker");

    private PeerPlans() {}

    /// One plan of the peer.
    ///
    /// @param scenario what was asked; plans with the same text compete
    /// @param rank 1 is its favourite
    /// @param poolGpus GPUs of the cluster
    /// @param replicaGpus GPUs of one tile
    /// @param prefill its prefill worker
    /// @param prefillWorkers how many in a tile
    /// @param decode its decode worker
    /// @param decodeWorkers how many in a tile
    public record Plan(
            String scenario,
            int rank,
            int poolGpus,
            int replicaGpus,
            WorkerRate prefill,
            int prefillWorkers,
            WorkerRate decode,
            int decodeWorkers) {

        /// Requests per second of the whole cluster, derated.
        public double clusterRequestsPerSecond() {
            double tile =
                    Math.min(
                            PREFILL_SHARE * prefillWorkers * prefill.requestsPerSecond(),
                            DECODE_SHARE * decodeWorkers * decode.requestsPerSecond());
            int tiles = poolGpus / replicaGpus;
            return tiles * tile;
        }
    }

    /// What one scenario yields.
    ///
    /// @param scenario from [Plan]
    /// @param ours requests per second of our mix
    /// @param peerBest of the best of the peer's plans
    /// @param peerFirst of its favourite
    public record Gain(String scenario, double ours, double peerBest, double peerFirst) {

        /// Our gain over the peer's best, percent.
        public double percentOverBest() {
            return 100 * (ours / peerBest - 1);
        }

        /// Our gain over its favourite, percent.
        public double percentOverFirst() {
            return 100 * (ours / peerFirst - 1);
        }
    }

    /// One gain per scenario, in order of appearance. Plans that carry nothing on their pool (the
    /// tile is larger than it) still lend their workers.
    public static List<Gain> gains(List<Plan> plans) {
        var scenarios = new LinkedHashMap<String, List<Plan>>();
        for (var plan : plans) {
            scenarios.computeIfAbsent(plan.scenario(), _ -> new ArrayList<>()).add(plan);
        }
        var gains = new ArrayList<Gain>();
        scenarios.forEach((name, ranks) -> gains.add(gain(name, ranks)));
        return gains;
    }

    private static Gain gain(String scenario, List<Plan> ranks) {
        var prefill = ranks.stream().map(r -> derated(r.prefill(), PREFILL_SHARE)).toList();
        var decode = ranks.stream().map(r -> derated(r.decode(), DECODE_SHARE)).toList();
        double best = 0;
        double first = 0;
        int firstRank = Integer.MAX_VALUE;
        for (var plan : ranks) {
            best = Math.max(best, plan.clusterRequestsPerSecond());
            if (plan.rank() < firstRank) {
                firstRank = plan.rank();
                first = plan.clusterRequestsPerSecond();
            }
        }
        double ours =
                switch (MixSolver.solve(prefill, decode, ranks.getFirst().poolGpus())) {
                    case MixSolver.Result.Best(var mix) -> mix.servedRequestsPerSecond();
                    case MixSolver.Result.TooFewGpus _ -> 0;
                };
        return new Gain(scenario, ours, best, first);
    }

    private static WorkerRate derated(WorkerRate worker, double share) {
        return new WorkerRate(worker.name(), worker.gpus(), share * worker.requestsPerSecond());
    }

    /// Reads the peer's plans.
    ///
    /// @param table with the columns of the published extract (`aic_plans`)
    public static List<Plan> parse(Table table) {
        table.requiring(SCENARIO).requiring(WORKERS);
        var plans = new ArrayList<Plan>();
        for (var row : table.rows()) {
            plans.add(
                    new Plan(
                            String.join(" ", SCENARIO.stream().map(row::text).toList()),
                            row.count("rank"),
                            row.count("total_gpus"),
                            row.count("num_total_gpus"),
                            worker(row, "p_"),
                            row.count("p_workers"),
                            worker(row, "d_"),
                            row.count("d_workers")));
        }
        return plans;
    }

    private static WorkerRate worker(Row row, String role) {
        int tensor = row.count(role + "tp");
        int pipeline = row.count(role + "pp");
        int data = row.count(role + "dp");
        return new WorkerRate(
                "tp%dpp%ddp%d".formatted(tensor, pipeline, data),
                tensor * pipeline * data,
                row.positive(role + "seq_per_s_per_worker"));
    }
}
