package dev.ratematch.dashboards.console;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may see what the console knows: with a token whoever has it, without one only this machine,
/// and only under its own name, so that no page of somebody else can ask through a browser here.
///
/// @param token to be sent as `Authorization: Bearer`; null for none
public record Access(@Nullable String token) {

    /// Only this machine.
    public static final Access LOCAL = new Access(null);

    /// Fewer characters can be guessed.
    public static final int TOKEN_CHARACTERS_MIN = 16;

    private static final String SCHEME = "Bearer ";
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    public Access {
        if (token != null && token.length() < TOKEN_CHARACTERS_MIN) {
            throw new IllegalArgumentException(
                    "The console's token has %d characters; it must have at least %d."
                            .formatted(token.length(), TOKEN_CHARACTERS_MIN));
        }
    }

    /// Why a request is refused.
    ///
    /// @param status of HTTP
    record Refusal(int status, String text) {}

    /// Whether a request may be answered; empty where it may.
    Optional<Refusal> refusal(HttpServerRequest request) {
        if (token != null) {
            String given = request.getHeader("Authorization");
            return given != null && given.startsWith(SCHEME) && same(given, SCHEME + token)
                    ? Optional.empty()
                    : Optional.of(new Refusal(401, "The console requires its token."));
        }
        return loopback(request.remoteAddress()) && localName(request)
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                403,
                                "Without a token the console answers only requests from "
                                        + "this machine, to localhost. Use a port-forward, or set "
                                        + "a token (docs/console.md)."));
    }

    /// In a time that does not tell how much of it is right.
    private static boolean same(String given, String wanted) {
        return MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean localName(HttpServerRequest request) {
        var authority = request.authority();
        return authority != null && LOCAL_NAMES.contains(authority.host().toLowerCase(Locale.ROOT));
    }

    private static boolean loopback(@Nullable SocketAddress address) {
        return address != null && address.host() != null && loopback(address.host());
    }

    /// Whether an address, or the name of one, is this machine's own.
    public static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
