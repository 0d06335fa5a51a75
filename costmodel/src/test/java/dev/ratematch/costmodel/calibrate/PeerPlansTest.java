package dev.ratematch.costmodel.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.SiliconData;
import dev.ratematch.costmodel.table.Tables;
import org.junit.jupiter.api.Test;

final class PeerPlansTest {

    private static final String HEADER =
            "system,backend,version,model,gemm_q,moe_q,kv_q,fmha_q,isl,osl,prefix,ttft_sla,"
                    + "tpot_sla,total_gpus,rank,p_workers,p_tp,p_pp,p_dp,d_workers,d_tp,d_pp,d_dp,"
                    + "num_total_gpus,p_seq_per_s_per_worker,d_seq_per_s_per_worker\n";

    /// Two tiles of 12 GPUs in 32 leave 8 idle; the same workers fill them: 3 x 4 and 2 x 8 GPUs.
    @Test
    void fillsWhatTilingLeavesIdle() {
        var plans =
                PeerPlans.parse(
                        Tables.of(
                                HEADER
                                        + "b200,e,1,m,q,q,q,q,1,1,0,1,1,32,1,1,4,1,1,1,8,1,1,12,10,9\n"));
        var gain = PeerPlans.gains(plans).getFirst();
        assertThat(gain.peerBest()).isCloseTo(2 * 0.92 * 9, within(1e-9));
        assertThat(gain.ours()).isCloseTo(0.9 * 2 * 10, within(1e-9));
        assertThat(gain.percentOverBest()).isPositive();
    }

    /// The published plans, where they are at hand: at least as good in each scenario, and more
    /// than 4 % better on average.
    @Test
    void isNeverBelowThePeerOnItsOwnRates() {
        var table = SiliconData.table("aic_plans.csv.gz");
        if (table.isEmpty()) {
            System.out.println("No shared plans here: checked the bundled scenario only.");
            return;
        }
        var gains = PeerPlans.gains(PeerPlans.parse(table.get()));
        assertThat(gains).isNotEmpty();
        assertThat(gains).allMatch(gain -> gain.ours() >= gain.peerBest() * (1 - 1e-9));
        double overBest =
                gains.stream().mapToDouble(PeerPlans.Gain::percentOverBest).average().orElse(0);
        double overFirst =
                gains.stream().mapToDouble(PeerPlans.Gain::percentOverFirst).average().orElse(0);
        System.out.printf(
                "%d scenarios: %.2f %% over the peer's best, %.2f %% over its first%n",
                gains.size(), overBest, overFirst);
        assertThat(overBest).isGreaterThanOrEqualTo(4);
    }
}
