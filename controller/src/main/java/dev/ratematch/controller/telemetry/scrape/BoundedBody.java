package dev.ratematch.controller.telemetry.scrape;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A response body as text that gives up at a size, so that no peer can fill the memory.
public final class BoundedBody implements BodyStream<String> {

    private final int bytesMax;
    private final Buffer buffer = Buffer.buffer();
    private final Promise<String> result = Promise.promise();
    private @Nullable Handler<Throwable> onException;

    /// The body went beyond its limit.
    public static final class TooLong extends IllegalStateException {
        TooLong(int bytesMax) {
            super("the body is longer than %d bytes".formatted(bytesMax));
        }
    }

    private BoundedBody(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// A codec of bodies up to that length.
    public static BodyCodec<String> codec(int bytesMax) {
        return () -> new BoundedBody(bytesMax);
    }

    @Override
    public Future<String> result() {
        return result.future();
    }

    @Override
    public void handle(Throwable cause) {
        result.tryFail(cause);
    }

    @Override
    public BoundedBody exceptionHandler(@Nullable Handler<Throwable> handler) {
        onException = handler;
        return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (buffer.length() + data.length() <= bytesMax) {
            buffer.appendBuffer(data);
            return Future.succeededFuture();
        }
        var tooLong = new TooLong(bytesMax);
        result.tryFail(tooLong);
        if (onException != null) {
            onException.handle(tooLong);
        }
        return Future.failedFuture(tooLong);
    }

    @Override
    public Future<Void> end() {
        result.tryComplete(buffer.toString(StandardCharsets.UTF_8));
        return Future.succeededFuture();
    }

    @Override
    public BoundedBody setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public BoundedBody drainHandler(@Nullable Handler<Void> handler) {
        return this;
    }
}
