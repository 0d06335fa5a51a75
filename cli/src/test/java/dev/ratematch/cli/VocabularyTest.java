package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.service.ServiceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// One name means the same, with the same default, in every command that has it.
class VocabularyTest {

    private static final Map<String, String> SENTENCES =
            Map.of(
                    "--gpus", Vocabulary.GPUS,
                    "--ttft", Vocabulary.TTFT,
                    "--itl", Vocabulary.ITL,
                    "--kv-link", Vocabulary.KV_LINK,
                    "--transfer-mode", Vocabulary.TRANSFER_MODE);

    /// These play a service of their own, whose promise and budget they say.
    private static final Set<String> WITH_A_SERVICE = Set.of("simulate", "engines");

    /// The option in each command that has it, by the command's name.
    private static Map<String, OptionSpec> everywhere(String option) {
        var found = new TreeMap<String, OptionSpec>();
        collect(new CommandLine(Main.class), "", option, found);
        return found;
    }

    private static void collect(
            CommandLine command, String name, String option, Map<String, OptionSpec> found) {
        var spec = command.getCommandSpec().findOption(option);
        if (spec != null) {
            found.put(name, spec);
        }
        command.getSubcommands()
                .forEach((sub, line) -> collect(line, (name + " " + sub).strip(), option, found));
    }

    @ParameterizedTest
    @CsvSource({
        "--gpus, N",
        "--ttft, TIME",
        "--itl, TIME",
        "--kv-link, GB/S",
        "--transfer-mode, MODE"
    })
    void isDescribedInTheSameWordsEverywhere(String option, String label) {
        var all = everywhere(option);
        assertThat(all).containsKeys("plan", "simulate", "recommend", "step");
        all.forEach(
                (command, spec) -> {
                    assertThat(String.join(" ", spec.description()))
                            .as("%s of %s", option, command)
                            .startsWith(SENTENCES.get(option));
                    assertThat(spec.paramLabel()).as("%s of %s", option, command).isEqualTo(label);
                });
    }

    @Test
    void hasTheSameDefaultEverywhere() {
        for (String option : List.of("--gpus", "--ttft", "--itl")) {
            everywhere(option)
                    .forEach(
                            (command, spec) -> {
                                if (!WITH_A_SERVICE.contains(command)) {
                                    assertThat(spec.defaultValue())
                                            .as("%s of %s", option, command)
                                            .isNull();
                                }
                            });
        }
        everywhere("--kv-link")
                .forEach((command, spec) -> assertThat(spec.defaultValue()).as(command).isNull());
        everywhere("--transfer-mode")
                .forEach(
                        (command, spec) ->
                                assertThat(spec.defaultValue()).as(command).isIn(null, "pull"));
    }

    @Test
    void aSimulationWithoutALinkHasThatOfItsGpuAsEveryService() {
        var said = new ArrayList<String>();
        var service = ServiceFile.read(null);
        service.text("model", "llama-3.1-70b").text("gpu", "b200").whole("budget_gpus", 8);
        service.number("slo.ttft_ms", 2000.0).number("slo.itl_ms", 30.0);
        var options = new PlantOptions();
        new CommandLine(options(options)).parseArgs();
        options.over(service, (option, field) -> !service.has(field), said::add);
        ServiceRequest request = service.request("simulate", options::used, said::add);
        options.take(request);
        assertThat(request.linkGbPerSecond()).isNull();
        assertThat(
                        options.plant("llama-3.1-70b", "b200", "nvfp4", 8, 1)
                                .link()
                                .bytesPerSecondPerGpu())
                .isEqualTo(50e9);
        assertThat(said)
                .singleElement()
                .asString()
                .contains("--precision is not given; using nvfp4");
    }

    private static Object options(PlantOptions options) {
        return CommandLine.Model.CommandSpec.create()
                .addMixin("plant", CommandLine.Model.CommandSpec.forAnnotatedObject(options));
    }
}
