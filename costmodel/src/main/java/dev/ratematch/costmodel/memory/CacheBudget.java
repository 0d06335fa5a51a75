package dev.ratematch.costmodel.memory;

/// How an engine sizes its KV cache.
public enum CacheBudget {
    /// 0.9 of the memory, minus everything else (vLLM `gpu_memory_utilization`, SGLang
    /// `mem_fraction_static`).
    OF_MEMORY {
        @Override
        double free(double memoryBytes, double usedBytes) {
            return SHARE * memoryBytes - usedBytes;
        }
    },
    /// 0.9 of what everything else leaves, and 1.5 % of that for the allocator (TensorRT-LLM
    /// `free_gpu_memory_fraction`): lets weights fill more of the memory.
    OF_FREE {
        @Override
        double free(double memoryBytes, double usedBytes) {
            return SHARE * (1 - ALLOCATOR) * (memoryBytes - usedBytes);
        }
    };

    /// The share of either that all of these engines are told to take.
    public static final double SHARE = 0.9;

    private static final double ALLOCATOR = 0.015;

    /// Bytes of one GPU that are left for the cache; not positive when there are none.
    abstract double free(double memoryBytes, double usedBytes);

    /// Most that everything but the cache may take, in bytes.
    double usable(double memoryBytes) {
        return this == OF_MEMORY ? SHARE * memoryBytes : memoryBytes;
    }
}
