package dev.ratematch.harness.judge;

import java.util.Arrays;

/// Single ranks of values that nobody needs sorted.
final class Ranks {

    private static final int FEW = 32;

    private Ranks() {}

    /// Reorders the values from a place on so that one is at another place as if they were sorted:
    /// what is before it is no greater, what is behind it no less. None may be NaN.
    static void settle(double[] values, int from, int place) {
        int low = from;
        int high = values.length - 1;
        while (high - low > FEW) {
            double pivot = middle(values[low], values[(low + high) >>> 1], values[high]);
            int left = low;
            int right = high;
            while (left <= right) {
                while (values[left] < pivot) {
                    left++;
                }
                while (values[right] > pivot) {
                    right--;
                }
                if (left <= right) {
                    double value = values[left];
                    values[left++] = values[right];
                    values[right--] = value;
                }
            }
            if (place <= right) {
                high = right;
            } else if (place >= left) {
                low = left;
            } else {
                return;
            }
        }
        Arrays.sort(values, low, high + 1);
    }

    private static double middle(double a, double b, double c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }
}
