package dev.ratematch.dashboards.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A client that sends what it is told to, byte by byte, and reads no further than it is asked to.
record Http(int port) {

    private static final int PATIENCE_MILLIS = 20_000;

    /// An answer.
    record Answer(int status, Map<String, String> headers, String body) {}

    /// A connection whose answer is read line by line.
    static final class Open implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader lines;

        Open(int port, String request) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            lines =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /// Lines up to one that begins like this, which is the last of them.
        List<String> upTo(String begin) throws IOException {
            var read = new ArrayList<String>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                read.add(line);
                if (line.startsWith(begin)) {
                    return read;
                }
            }
            throw new IOException("The stream ended before %s: %s".formatted(begin, read));
        }

        Answer rest() throws IOException {
            int status = Integer.parseInt(lines.readLine().substring(9, 12));
            var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            for (String line = lines.readLine();
                    line != null && !line.isEmpty();
                    line = lines.readLine()) {
                int colon = line.indexOf(':');
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
            var body = new StringBuilder();
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                body.append((char) c);
            }
            return new Answer(status, headers, body.toString());
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Open open(String path, String... headers) throws IOException {
        return new Open(port, request("GET", path, "localhost", headers));
    }

    Answer get(String path, String... headers) throws IOException {
        return send("GET", path, "localhost", headers);
    }

    Answer send(String method, String path, String host, String... headers) throws IOException {
        var all = new ArrayList<>(List.of(headers));
        all.add("Connection: close");
        try (var open = new Open(port, request(method, path, host, all.toArray(String[]::new)))) {
            return open.rest();
        }
    }

    private static String request(String method, String path, String host, String... headers) {
        return "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
                .formatted(
                        method,
                        path,
                        host,
                        String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList()));
    }
}
