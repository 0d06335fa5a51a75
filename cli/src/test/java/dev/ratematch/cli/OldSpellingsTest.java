package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.cli.live.DoctorCommand;
import dev.ratematch.cli.live.RecommendCommand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class OldSpellingsTest {

    private final List<String> said = new ArrayList<>();

    private List<String> today(String... args) {
        return List.of(OldSpellings.today(args, said::add));
    }

    @Test
    void old_names_become_those_of_today_and_are_spoken_of() {
        assertThat(today("simulate", "--slo-ttft", "2s", "--slo-itl=30ms", "--link=25"))
                .containsExactly("simulate", "--ttft", "2s", "--itl=30ms", "--kv-link=25");
        assertThat(said)
                .hasSize(3)
                .contains("--slo-ttft is now called --ttft; the old name still works.");
    }

    @Test
    void names_of_today_pass_in_silence() {
        assertThat(today("plan", "--ttft=2s", "--gpus", "16", "--transfer-mode=pull"))
                .containsExactly("plan", "--ttft=2s", "--gpus", "16", "--transfer-mode=pull");
        assertThat(said).isEmpty();
    }

    /// What these options are called, they are called in every command that has them.
    @Test
    void no_command_has_an_old_name() {
        for (Object command :
                List.of(
                        new PlanCommand(),
                        new SimulateCommand(),
                        new RecommendCommand(),
                        new DoctorCommand(),
                        new EnginesCommand())) {
            assertThat(new CommandLine(command).getCommandSpec().optionsMap().keySet())
                    .doesNotContain(
                            "--slo-ttft",
                            "--slo-itl",
                            "--slo-percentile",
                            "--budget-gpus",
                            "--link",
                            "--transfer");
        }
    }
}
