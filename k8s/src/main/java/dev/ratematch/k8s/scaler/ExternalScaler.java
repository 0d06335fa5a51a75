package dev.ratematch.k8s.scaler;

import dev.ratematch.controller.publish.Recommendations;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// KEDA's external scaler over gRPC: a ScaledObject with an `external` trigger follows the staged
/// count of one role of a RateMatcher.
///
/// Plain NIO and no native transport: that would be unpacked to the file system, which is read-only
/// where the operator runs.
public final class ExternalScaler implements AutoCloseable {

    private static final int REQUEST_BYTES_MAX = 64 * 1024;
    private static final long GRACE_SECONDS = 2;

    private final Server server;
    private final MultiThreadIoEventLoopGroup boss;
    private final MultiThreadIoEventLoopGroup workers;
    private final ExecutorService threads;

    private ExternalScaler(
            InetSocketAddress address,
            ServerCredentials credentials,
            Recommendations store,
            InstantSource clock) {
        boss = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        workers = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server =
                NettyServerBuilder.forAddress(address, credentials)
                        .channelType(NioServerSocketChannel.class)
                        .bossEventLoopGroup(boss)
                        .workerEventLoopGroup(workers)
                        .executor(threads)
                        .maxInboundMessageSize(REQUEST_BYTES_MAX)
                        .addService(new ScalerService(store, clock).definition())
                        .build();
    }

    /// Serves a store without TLS. Counts are no secret, but whoever reaches the port can read
    /// them: admit KEDA only, by NetworkPolicy.
    public static ExternalScaler start(
            InetSocketAddress address, Recommendations store, InstantSource clock)
            throws IOException {
        return start(address, InsecureServerCredentials.create(), store, clock);
    }

    /// Serves a store with the given credentials. Port 0 takes a free one.
    public static ExternalScaler start(
            InetSocketAddress address,
            ServerCredentials credentials,
            Recommendations store,
            InstantSource clock)
            throws IOException {
        var scaler = new ExternalScaler(address, credentials, store, clock);
        try {
            scaler.server.start();
            return scaler;
        } catch (IOException e) {
            scaler.close();
            throw new IOException(
                    "The external scaler cannot listen on %s: %s"
                            .formatted(address, e.getMessage()),
                    e);
        }
    }

    /// The port it listens on.
    public int port() {
        return server.getPort();
    }

    /// Ends open streams and stops.
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
        // These two threads end by themselves; nobody waits for them.
        var _ = boss.shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS);
        var _ = workers.shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS);
        threads.shutdown();
    }
}
