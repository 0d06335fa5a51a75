package dev.ratematch.costmodel.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelProfile.Provenance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ProfileCodecTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final KernelProfile PROFILE =
            KernelProfile.fit(
                    Accelerators.B200,
                    new Provenance("engine", "source", "licence", "owner"),
                    Map.of(new Gemm(), some(), Collective.NCCL, List.of()));

    private static List<Sample> some() {
        var some = new ArrayList<Sample>();
        for (Sample sample : FamilyProfileTest.samples()) {
            if (sample.sizes()[0] <= 64 && sample.sizes()[1] <= 1024) {
                some.add(sample);
            }
        }
        return some;
    }

    /// A fresh tree, through JSON as files have it.
    private static Map<String, Object> tree() {
        try {
            return JSON.readValue(
                    JSON.writeValueAsString(ProfileCodec.tree(PROFILE)), new TypeReference<>() {});
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsWrittenIsRead() {
        KernelProfile read = ProfileCodec.profile(tree());
        assertThat(read.provenance()).isEqualTo(PROFILE.provenance());
        assertThat(read.accelerator()).isEqualTo(Accelerators.B200);
        assertThat(read.families().keySet()).containsExactly(KernelFamilies.GEMM);
        assertThat(ProfileCodec.tree(read)).isEqualTo(ProfileCodec.tree(PROFILE));
        for (Sample s : some()) {
            assertThat(
                            read.family(KernelFamilies.GEMM)
                                    .estimate(s.key(), s.sizes(), Accelerators.B200))
                    .isEqualTo(
                            PROFILE.family(KernelFamilies.GEMM)
                                    .estimate(s.key(), s.sizes(), Accelerators.B200));
        }
    }

    @Test
    void aFamilyThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> PROFILE.family(KernelFamilies.EXPERTS))
                .hasMessage("The profile of b200 has no moe kernels; it has gemm.");
    }

    private static void refuses(Consumer<Map<String, Object>> damage, String... parts) {
        var tree = tree();
        damage.accept(tree);
        assertThatThrownBy(() -> ProfileCodec.profile(tree))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(parts);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> inner(Map<String, Object> tree, String... path) {
        Map<String, Object> at = tree;
        for (String key : path) {
            at = (Map<String, Object>) Objects.requireNonNull(at.get(key));
        }
        return at;
    }

    private static Map<String, Object> surface(Map<String, Object> tree) {
        return inner(tree, "families", "gemm", "surfaces", "bfloat16");
    }

    @Test
    void refusesOtherFilesAndVersions() {
        refuses(Map::clear, "ratematch_kernel_profile (null) must be 1");
        refuses(t -> t.put("ratematch_kernel_profile", 2), "ratematch_kernel_profile (2)");
        refuses(t -> t.put("ratematch_kernel_profile", "1"), "ratematch_kernel_profile (1)");
    }

    @Test
    void refusesWhatIsMissingOrWrongByItsName() {
        for (String field : List.of("system", "engine", "source", "licence", "attribution")) {
            refuses(t -> t.remove(field), field + " must be a text");
        }
        refuses(t -> t.put("system", "b20"), "b20", "b200");
        refuses(t -> t.remove("families"), "families is missing");
        refuses(t -> t.put("families", 3), "families must be an object");
        refuses(t -> inner(t, "families").put("gem", Map.of()), "gem", "gemm");
        refuses(t -> inner(t, "families", "gemm").remove("rows"), "rows must be a number");
        refuses(t -> inner(t, "families", "gemm").remove("surfaces"), "surfaces is missing");
    }

    @Test
    void refusesDamagedSurfacesByKernelAndField() {
        refuses(t -> surface(t).remove("octaves"), "bfloat16", "octaves must be a list");
        refuses(t -> surface(t).put("octaves", List.of(1)), "octaves must be a list of lists");
        refuses(
                t -> surface(t).put("octaves", List.of(List.of(1, 0), List.of(1), List.of(1))),
                "octaves must ascend");
        refuses(t -> surface(t).put("octaves", List.of(List.of("x"))), "octaves", "numbers");
        refuses(t -> surface(t).put("octaves", List.of(List.of(1))), "octaves (1)", "3");
        refuses(t -> surface(t).remove("log_steps"), "log_steps must be a list");
        refuses(t -> surface(t).put("log_steps", List.of("x")), "log_steps", "numbers");
        refuses(t -> surface(t).put("log_steps", List.of(1)), "values (1) must be one a node");
        refuses(t -> surface(t).remove("measured"), "measured must be a text");
        refuses(t -> surface(t).put("measured", "xyz"), "measured", "hexadecimal");
    }

    @Test
    void samplesKeepTheirOwnKey() {
        var key = new ArrayList<>(List.of("bfloat16"));
        var sample = new Sample(key, new double[] {1, 2, 3}, 4);
        key.set(0, "fp8");
        assertThat(sample.key()).containsExactly("bfloat16");
    }
}
