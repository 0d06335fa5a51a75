package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The workers that a model can run as on an accelerator, and for every other one the reason.
///
/// @param legal compiled, narrow ones first
/// @param illegal the others
public record Configurations(List<CompiledWorker> legal, List<Illegal> illegal) {

    private static final int[] STAGES = {1, 2, 4, 8, 16};
    private static final List<String> FORMS = List.of("tp", "tep", "dep");

    /// Why not.
    public enum Reason {
        /// The model cannot be cut that way.
        SHAPE,
        /// A stage is wider than the NVLink domain.
        DOMAIN,
        /// The weights leave no room.
        MEMORY
    }

    /// A configuration that is not run.
    ///
    /// @param parallelism its text form
    /// @param reason its kind
    /// @param message what is wrong, and what would be right
    public record Illegal(String parallelism, Reason reason, String message) {}

    public Configurations {
        legal = List.copyOf(legal);
        illegal = List.copyOf(illegal);
    }

    /// Every form (`tp`, `tep`, `dep`) on powers of two up to the NVLink domain, with and without
    /// pipeline stages, up to `gpus` GPUs of one worker. One GPU has one form.
    public static List<Parallelism> candidates(Accelerator accelerator, int gpus) {
        var candidates = new ArrayList<Parallelism>();
        for (int width = 1; width <= accelerator.nvlinkGpus(); width *= 2) {
            for (String form : FORMS) {
                for (int stages : STAGES) {
                    if (width * stages <= gpus && (width > 1 || form.equals("tp"))) {
                        candidates.add(
                                Parallelism.parse(
                                        form + width + (stages > 1 ? "pp" + stages : "")));
                    }
                }
            }
        }
        return candidates;
    }

    /// Forms between `tp` and `dep`, for experts: copies of attention over several GPUs each,
    /// experts placed on all of them. TensorRT-LLM runs none of these; vLLM and SGLang do.
    public static List<Parallelism> between(Accelerator accelerator, int gpus) {
        int widest = Math.min(gpus, accelerator.nvlinkGpus());
        var candidates = new ArrayList<Parallelism>();
        for (int tensor = 2; 2 * tensor <= widest; tensor *= 2) {
            for (int copies = 2; tensor * copies <= widest; copies *= 2) {
                candidates.add(new Parallelism(tensor, 1, tensor * copies, copies));
            }
        }
        return candidates;
    }

    /// Compiles the candidates.
    ///
    /// @param compiler turns a legal parallelism into a worker, or refuses it for lack of memory;
    ///   called from several threads
    public static Configurations compile(
            List<Parallelism> candidates,
            ModelSpec model,
            Accelerator accelerator,
            Function<Parallelism, CompiledWorker> compiler) {
        var found =
                candidates.parallelStream().map(c -> one(c, model, accelerator, compiler)).toList();
        return new Configurations(
                found.stream().flatMap(f -> f.legal().stream()).toList(),
                found.stream().flatMap(f -> f.illegal().stream()).toList());
    }

    private static Configurations one(
            Parallelism candidate,
            ModelSpec model,
            Accelerator accelerator,
            Function<Parallelism, CompiledWorker> compiler) {
        Optional<String> rule = candidate.illegal(model, accelerator);
        if (rule.isPresent()) {
            boolean wide = candidate.gpusPerStage() > accelerator.nvlinkGpus();
            Reason reason = wide ? Reason.DOMAIN : Reason.SHAPE;
            return without(new Illegal(candidate.text(), reason, rule.get()));
        }
        try {
            return new Configurations(List.of(compiler.apply(candidate)), List.of());
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            return without(new Illegal(candidate.text(), Reason.MEMORY, message));
        }
    }

    private static Configurations without(Illegal illegal) {
        return new Configurations(List.of(), List.of(illegal));
    }

    /// How many are illegal for which reason.
    public Map<Reason, Integer> counts() {
        var counts = new EnumMap<Reason, Integer>(Reason.class);
        for (Illegal each : illegal) {
            counts.merge(each.reason(), 1, Integer::sum);
        }
        return counts;
    }
}
