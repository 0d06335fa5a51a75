package dev.ratematch.k8s.scaler;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Asks an external scaler as KEDA does: over gRPC, by the `.proto` alone. Shares no code with the
/// server, so that both being wrong alike is no agreement.
public final class Asker implements AutoCloseable {

    private static final FileDescriptor FILE = file();

    private final ManagedChannel channel;

    public Asker(int port) {
        channel =
                NettyChannelBuilder.forAddress(
                                "127.0.0.1", port, InsecureChannelCredentials.create())
                        .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    static FileDescriptor contract() {
        return FILE;
    }

    private static FileDescriptor file() {
        String name = "externalscaler.proto";
        try (InputStream in = ExternalScaler.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return ProtoFile.parse(name, new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    boolean active(String namespace, Map<String, String> metadata) {
        return (boolean) get(ask("IsActive", ref(namespace, metadata)), "result");
    }

    /// The one metric's name and target.
    Map.Entry<String, Double> spec(String namespace, Map<String, String> metadata) {
        var spec = only(ask("GetMetricSpec", ref(namespace, metadata)), "metricSpecs");
        return Map.entry((String) get(spec, "metricName"), (Double) get(spec, "targetSizeFloat"));
    }

    /// The one metric's value, after KEDA's rule: the float where it is above zero, else the
    /// integer.
    double value(String namespace, Map<String, String> metadata, String metric) {
        var type = type("GetMetricsRequest");
        var request =
                DynamicMessage.newBuilder(type)
                        .setField(type.findFieldByName("scaledObjectRef"), ref(namespace, metadata))
                        .setField(type.findFieldByName("metricName"), metric)
                        .build();
        var value = only(ask("GetMetrics", request), "metricValues");
        double number = (double) get(value, "metricValueFloat");
        return number > 0 ? number : (long) get(value, "metricValue");
    }

    public double value(String namespace, Map<String, String> metadata) {
        return value(namespace, metadata, spec(namespace, metadata).getKey());
    }

    /// What a stream said: its answers and then the error that ended it.
    BlockingQueue<Object> stream(String namespace, Map<String, String> metadata) {
        var heard = new LinkedBlockingQueue<Object>();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(method("StreamIsActive"), CallOptions.DEFAULT),
                ref(namespace, metadata),
                new StreamObserver<>() {
                    @Override
                    public void onNext(DynamicMessage value) {
                        heard.add(get(value, "result"));
                    }

                    @Override
                    public void onError(Throwable t) {
                        heard.add(t);
                    }

                    @Override
                    public void onCompleted() {
                        heard.add("completed");
                    }
                });
        return heard;
    }

    DynamicMessage ask(String method, DynamicMessage request) {
        return ClientCalls.blockingUnaryCall(channel, method(method), CallOptions.DEFAULT, request);
    }

    static DynamicMessage ref(String namespace, Map<String, String> metadata) {
        var type = type("ScaledObjectRef");
        var ref =
                DynamicMessage.newBuilder(type)
                        .setField(type.findFieldByName("name"), "scaled")
                        .setField(type.findFieldByName("namespace"), namespace);
        var field = type.findFieldByName("scalerMetadata");
        metadata.forEach(
                (key, value) -> {
                    var entry = field.getMessageType();
                    ref.addRepeatedField(
                            field,
                            DynamicMessage.newBuilder(entry)
                                    .setField(entry.findFieldByName("key"), key)
                                    .setField(entry.findFieldByName("value"), value)
                                    .build());
                });
        return ref.build();
    }

    private static Message only(DynamicMessage from, String field) {
        var all = (List<?>) get(from, field);
        if (all.size() != 1) {
            throw new AssertionError("one of " + field + " expected: " + from);
        }
        return (Message) all.getFirst();
    }

    private static Object get(Message message, String field) {
        return message.getField(message.getDescriptorForType().findFieldByName(field));
    }

    private static Descriptor type(String name) {
        return FILE.findMessageTypeByName(name);
    }

    private static MethodDescriptor<DynamicMessage, DynamicMessage> method(String name) {
        var service = FILE.findServiceByName("ExternalScaler");
        var method = service.findMethodByName(name);
        return MethodDescriptor.newBuilder(
                        marshaller(method.getInputType()), marshaller(method.getOutputType()))
                .setFullMethodName(
                        MethodDescriptor.generateFullMethodName(service.getFullName(), name))
                .setType(
                        method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY)
                .build();
    }

    private static MethodDescriptor.Marshaller<DynamicMessage> marshaller(Descriptor type) {
        return new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(DynamicMessage value) {
                return value.toByteString().newInput();
            }

            @Override
            public DynamicMessage parse(InputStream stream) {
                try {
                    return DynamicMessage.parseFrom(
                            type, stream, ExtensionRegistry.getEmptyRegistry());
                } catch (IOException e) {
                    throw new UncheckedIOException("not a " + type.getName(), e);
                }
            }
        };
    }
}
