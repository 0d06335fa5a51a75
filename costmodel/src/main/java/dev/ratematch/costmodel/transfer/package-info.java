/// The KV cache on its way from prefill to decode.
@NullMarked
package dev.ratematch.costmodel.transfer;

import org.jspecify.annotations.NullMarked;
