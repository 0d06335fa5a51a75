package dev.ratematch.controller.capacity;

import java.util.function.DoubleUnaryOperator;

/// Where a function that grows crosses a bound: the very number that halving an interval gives,
/// found with a third of the looks.
///
/// A secant finds a narrow interval around the crossing first. Halving then asks of what lies
/// outside it nothing, since a function that grows has its answer there already.
final class Crossing {

    /// Looks of the secant: it is there after eight or so, where the function is smooth.
    private static final int LOOKS = 16;

    private final DoubleUnaryOperator function;
    private final double bound;

    /// Greatest number known to be within the bound, and least known to be beyond it, each with how
    /// far the function is from the bound there.
    private double within;

    private double beyond;
    private double below;
    private double above;

    private Crossing(DoubleUnaryOperator function, double bound, double atZero, double end) {
        this.function = function;
        this.bound = bound;
        this.beyond = end;
        this.below = distance(atZero);
        this.above = distance(Double.POSITIVE_INFINITY);
    }

    /// The greatest number that halving finds within the bound.
    ///
    /// @param function grows from zero on; its poles are infinite
    /// @param bound above zero
    /// @param end what is taken to be beyond the bound; not looked at
    /// @param halvings of the interval from zero to `end`
    /// @return zero where the function is beyond the bound at zero
    static double before(DoubleUnaryOperator function, double bound, double end, int halvings) {
        double atZero = function.applyAsDouble(0);
        if (!(atZero <= bound)) {
            return 0;
        }
        var crossing = new Crossing(function, bound, atZero, end);
        crossing.narrow(Math.scalb(end, -halvings));
        return crossing.halved(end, halvings);
    }

    /// How far the function is from the bound, 1 at a pole: a queue grows as `1 / (1 - x)`, of
    /// which this is a line.
    private double distance(double value) {
        return 1 - bound / value;
    }

    /// Looks where the line between both ends crosses zero. An end that stays twice counts half
    /// (Illinois), or the other would come near in ever smaller steps.
    ///
    /// @param cell the least distance of two looks
    private void narrow(double cell) {
        int stayed = 0;
        for (int look = 0; look < LOOKS && beyond - within > 2 * cell; look++) {
            double line = within - (beyond - within) * below / (above - below);
            double at = Math.clamp(line, within + cell, beyond - cell);
            double value = function.applyAsDouble(at);
            if (value <= bound) {
                within = at;
                below = distance(value);
                above *= stayed > 0 ? 0.5 : 1;
                stayed = 1;
            } else {
                beyond = at;
                above = distance(value);
                below *= stayed < 0 ? 0.5 : 1;
                stayed = -1;
            }
        }
    }

    private double halved(double end, int halvings) {
        double low = 0;
        double high = end;
        for (int i = 0; i < halvings; i++) {
            double middle = (low + high) / 2;
            boolean keeps =
                    middle <= within
                            || (middle < beyond && function.applyAsDouble(middle) <= bound);
            if (keeps) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
