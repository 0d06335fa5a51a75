package dev.ratematch.k8s.scaler;

import com.google.protobuf.CodedInputStream;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;

/// The methods of `externalscaler.proto`, for a server.
final class Contract {

    static final String SERVICE = "externalscaler.ExternalScaler";

    static final MethodDescriptor<ScaledObjectRef, Boolean> IS_ACTIVE =
            method("IsActive", MethodType.UNARY, asked(Codec::ref), answered(Codec::active));

    static final MethodDescriptor<ScaledObjectRef, Boolean> STREAM_IS_ACTIVE =
            method(
                    "StreamIsActive",
                    MethodType.SERVER_STREAMING,
                    asked(Codec::ref),
                    answered(Codec::active));

    static final MethodDescriptor<ScaledObjectRef, Metric> GET_METRIC_SPEC =
            method("GetMetricSpec", MethodType.UNARY, asked(Codec::ref), answered(Codec::metrics));

    static final MethodDescriptor<MetricsRequest, Metric> GET_METRICS =
            method("GetMetrics", MethodType.UNARY, asked(Codec::request), answered(Codec::metrics));

    private interface Reader<T> {
        T read(CodedInputStream in) throws IOException;
    }

    private Contract() {}

    private static <Q, A> MethodDescriptor<Q, A> method(
            String name, MethodType type, Marshaller<Q> question, Marshaller<A> answer) {
        return MethodDescriptor.newBuilder(question, answer)
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .build();
    }

    private static <T> Marshaller<T> asked(Reader<T> reader) {
        return new Marshaller<>() {
            @Override
            public InputStream stream(T value) {
                throw new UnsupportedOperationException("a server does not ask");
            }

            @Override
            public T parse(InputStream stream) {
                try {
                    return reader.read(CodedInputStream.newInstance(stream));
                } catch (IOException e) {
                    throw Status.INVALID_ARGUMENT
                            .withDescription("The request is not what externalscaler.proto says.")
                            .withCause(e)
                            .asRuntimeException();
                }
            }
        };
    }

    private static <T> Marshaller<T> answered(Function<T, byte[]> writer) {
        return new Marshaller<>() {
            @Override
            public InputStream stream(T value) {
                return new ByteArrayInputStream(writer.apply(value));
            }

            @Override
            public T parse(InputStream stream) {
                throw new UnsupportedOperationException("a server does not read answers");
            }
        };
    }
}
