package dev.ratematch.harness.prometheus;

import dev.ratematch.controller.telemetry.Exposition;
import dev.ratematch.controller.telemetry.scrape.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// Hands scrapes to a store in the way that Prometheus does: remote write 1.0, a protobuf message
/// in Snappy's block format, sent in the order of time. Nothing is compressed, which that format
/// allows.
public final class RemoteWrite implements ScrapeLog, AutoCloseable {

    private static final int SENT_BYTES = 2 << 20;
    private static final int LITERAL_MAX = 1 << 16;
    private static final int LENGTH_IN_TWO_BYTES = 61 << 2;
    private static final double MILLIS = 1000;

    // Field number and kind, as they stand before a value: 1 and 2 with bytes, 1 as double, 2 as
    // number.
    private static final int FIRST = 0x0a;
    private static final int SECOND = 0x12;
    private static final int FIRST_DOUBLE = 0x09;
    private static final int SECOND_NUMBER = 0x10;

    private final URI url;
    private final Map<String, String> headers;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    /// A writer to that address.
    ///
    /// @param headers sent along, such as a tenant
    public RemoteWrite(String url, Map<String, String> headers) {
        this.url = URI.create(url);
        this.headers = Map.copyOf(headers);
    }

    @Override
    public void add(String job, Answer answer, double epochSeconds) throws IOException {
        long millis = Math.round(epochSeconds * MILLIS);
        var target = ScrapeLog.labels(job, answer);
        put("up", target, answer.error().isEmpty() ? 1 : 0, millis);
        if (answer.error().isEmpty()) {
            for (var sample : Exposition.parse(answer.body()).samples()) {
                var labels = new TreeMap<>(target);
                labels.putAll(sample.series().labels());
                put(sample.series().name(), labels, sample.value(), millis);
            }
        }
        if (message.size() > SENT_BYTES) {
            send();
        }
    }

    private void put(String name, Map<String, String> labels, double value, long millis) {
        var series = new ByteArrayOutputStream();
        var sorted = new TreeMap<>(labels);
        sorted.put("__name__", name);
        // A label without a value is none.
        sorted.values().removeIf(String::isEmpty);
        sorted.forEach(
                (label, text) -> {
                    var pair = new ByteArrayOutputStream();
                    field(pair, FIRST, label.getBytes(StandardCharsets.UTF_8));
                    field(pair, SECOND, text.getBytes(StandardCharsets.UTF_8));
                    field(series, FIRST, pair.toByteArray());
                });
        var sample = new ByteArrayOutputStream();
        sample.write(FIRST_DOUBLE);
        long bits = Double.doubleToRawLongBits(value);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            sample.write((int) (bits >>> shift));
        }
        sample.write(SECOND_NUMBER);
        number(sample, millis);
        field(series, SECOND, sample.toByteArray());
        field(message, FIRST, series.toByteArray());
    }

    private static void field(ByteArrayOutputStream into, int tag, byte[] bytes) {
        into.write(tag);
        number(into, bytes.length);
        into.writeBytes(bytes);
    }

    /// Seven bits in each byte, the lowest first.
    private static void number(ByteArrayOutputStream into, long value) {
        long left = value;
        while (left > 0x7f) {
            into.write((int) (left & 0x7f) | 0x80);
            left >>>= 7;
        }
        into.write((int) left);
    }

    private static byte[] framed(byte[] plain) {
        var out = new ByteArrayOutputStream();
        number(out, plain.length);
        for (int at = 0; at < plain.length; at += LITERAL_MAX) {
            int length = Math.min(LITERAL_MAX, plain.length - at);
            out.write(LENGTH_IN_TWO_BYTES);
            out.write(length - 1);
            out.write((length - 1) >>> Byte.SIZE);
            out.write(plain, at, length);
        }
        return out.toByteArray();
    }

    private void send() throws IOException {
        if (message.size() == 0) {
            return;
        }
        var request =
                HttpRequest.newBuilder(url)
                        .header("Content-Type", "application/x-protobuf")
                        .header("Content-Encoding", "snappy")
                        .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                        .POST(
                                HttpRequest.BodyPublishers.ofByteArray(
                                        framed(message.toByteArray())));
        headers.forEach(request::header);
        message.reset();
        try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != HttpURLConnection.HTTP_OK / 100) {
                throw new IOException(
                        "%s answers HTTP %d: %s"
                                .formatted(url, answer.statusCode(), answer.body()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /// Sends what is left.
    @Override
    public void close() throws IOException {
        send();
        client.close();
    }
}
