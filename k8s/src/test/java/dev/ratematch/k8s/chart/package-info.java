@NullMarked
package dev.ratematch.k8s.chart;

import org.jspecify.annotations.NullMarked;
