package dev.ratematch.k8s.scaler;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/// The messages of `externalscaler.proto` on the wire. Unknown fields are skipped, as protobuf
/// asks, so that a newer KEDA is understood.
final class Codec {

    private static final int LENGTH = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int FIRST = tag(1);
    private static final int SECOND = tag(2);
    private static final int THIRD = tag(3);

    /// Writes fields.
    private interface Body {
        void write(CodedOutputStream out) throws IOException;
    }

    private Codec() {}

    private static int tag(int field) {
        return field << 3 | LENGTH;
    }

    static ScaledObjectRef ref(CodedInputStream in) throws IOException {
        String name = "";
        String namespace = "";
        var metadata = new HashMap<String, String>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == FIRST) {
                name = in.readStringRequireUtf8();
            } else if (tag == SECOND) {
                namespace = in.readStringRequireUtf8();
            } else if (tag == THIRD) {
                entry(in.readByteArray(), metadata);
            } else {
                in.skipField(tag);
            }
        }
        return new ScaledObjectRef(name, namespace, metadata);
    }

    private static void entry(byte[] bytes, Map<String, String> metadata) throws IOException {
        var in = CodedInputStream.newInstance(bytes);
        String key = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == FIRST) {
                key = in.readStringRequireUtf8();
            } else if (tag == SECOND) {
                value = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        metadata.put(key, value);
    }

    static MetricsRequest request(CodedInputStream in) throws IOException {
        var ref = new ScaledObjectRef("", "", Map.of());
        String metric = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == FIRST) {
                ref = ref(CodedInputStream.newInstance(in.readByteArray()));
            } else if (tag == SECOND) {
                metric = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        return new MetricsRequest(ref, metric);
    }

    static byte[] active(boolean active) {
        return bytes(out -> out.writeBool(1, active));
    }

    /// A list of one metric: GetMetricSpecResponse and GetMetricsResponse alike. The number is
    /// given as an integer and as a float: KEDA prefers the float, older ones know the integer
    /// only.
    static byte[] metrics(Metric metric) {
        byte[] one =
                bytes(
                        out -> {
                            out.writeString(1, metric.name());
                            out.writeInt64(2, metric.number());
                            out.writeDouble(3, metric.number());
                        });
        return bytes(out -> out.writeByteArray(1, one));
    }

    private static byte[] bytes(Body body) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        try {
            body.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused bytes", e);
        }
        return bytes.toByteArray();
    }
}
