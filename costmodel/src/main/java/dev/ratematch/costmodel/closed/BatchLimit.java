package dev.ratematch.costmodel.closed;

/// How many requests one copy of attention of a decode engine runs at once, where nobody says.
///
/// Public measurements name the requests in flight, not the batch that the engine was built for,
/// yet once that is full the time to first token grows tenfold.
public final class BatchLimit {

    /// How far above its limit a run is taken to be driven. Of 123 published runs of disaggregated
    /// TensorRT-LLM that name both figures, this bound tells 88 right and no limit at all 59; any
    /// from 1.25 to 1.4 does as well, and a higher one takes more runs for full than are.
    private static final double OVERSUBSCRIBED = 4.0 / 3;

    private BatchLimit() {}

    /// The limit that the offered load betrays: TensorRT-LLM is built for a batch of fixed size,
    /// mostly a power of two, and recipes that fill it offer a little more. Other engines take what
    /// the cache holds.
    ///
    /// @param engine serving engine
    /// @param offered requests in flight for each copy of attention
    public static double inferred(String engine, double offered) {
        double size = Math.max(1, Math.scalb(1.0, Math.getExponent(offered)));
        boolean driven = offered > size && offered <= OVERSUBSCRIBED * size;
        return engine.equals("trtllm") && driven ? size : Double.POSITIVE_INFINITY;
    }
}
