package dev.ratematch.k8s.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UnknownFieldSet;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.publish.Recommended;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A real gRPC server, asked by a client that knows KEDA's `.proto` and nothing else of us.
class ExternalScalerTest {

    private static final Instant START = Instant.parse("2026-11-25T00:00:00Z");
    private static final Map<String, String> PREFILL =
            Map.of("rateMatcher", "chat", "role", "prefill", "scalerAddress", "ratematch:9443");
    private static final Map<String, String> DECODE =
            Map.of("rateMatcher", "chat", "role", "decode");

    private final Recommendations store = new Recommendations();
    private volatile Instant now = START;
    private final ExternalScaler scaler;
    private final Asker keda;

    ExternalScalerTest() throws IOException {
        scaler =
                ExternalScaler.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        store,
                        () -> now);
        keda = new Asker(scaler.port());
    }

    @AfterEach
    void stop() {
        keda.close();
        scaler.close();
    }

    private void publish(int prefill, int decode) {
        store.publish(
                new Recommended("llm", "chat", prefill, decode, 9, 9, now, true, "rebalance"));
    }

    private static void refused(ThrowingCallable call, Code code, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> {
                            assertThat(e.getStatus().getCode()).isEqualTo(code);
                            assertThat(e.getStatus().getDescription()).contains(words);
                        });
    }

    @Test
    void servesWhatItsContractNames() {
        var service = Asker.contract().findServiceByName("ExternalScaler");
        assertThat(service.getMethods())
                .extracting(MethodDescriptor::getName)
                .containsExactly("IsActive", "StreamIsActive", "GetMetricSpec", "GetMetrics");
    }

    @Test
    void answersTheStagedCountOfTheRole() {
        publish(4, 7);
        assertThat(keda.value("llm", PREFILL)).isEqualTo(4);
        assertThat(keda.value("llm", DECODE)).isEqualTo(7);
        assertThat(keda.active("llm", PREFILL)).isTrue();
        publish(5, 6);
        assertThat(keda.value("llm", PREFILL)).isEqualTo(5);
        assertThat(keda.value("llm", DECODE)).isEqualTo(6);
    }

    @Test
    void aStagedCountOfZeroIsAnAnswer() {
        publish(0, 7);
        assertThat(keda.value("llm", PREFILL)).isZero();
        assertThat(keda.active("llm", PREFILL)).isTrue();
    }

    @Test
    void theSpecificationIsGivenBeforeAnythingIsKnownSoThatKedaCanMakeItsHpa() {
        assertThat(keda.spec("llm", PREFILL)).isEqualTo(Map.entry("ratematch-chat-prefill", 1.0));
        assertThat(keda.spec("llm", DECODE)).isEqualTo(Map.entry("ratematch-chat-decode", 1.0));
    }

    @Test
    void unknownIsAnErrorAndNeverZeroOrInactive() {
        String words = "RateMatcher llm/chat has no recommendation yet: either there is no such";
        refused(() -> keda.value("llm", PREFILL), Code.NOT_FOUND, words, "spec.fallback");
        refused(() -> keda.active("llm", PREFILL), Code.NOT_FOUND, words);
        store.stale("llm", "chat", "Prometheus does not answer.");
        refused(
                () -> keda.value("llm", PREFILL),
                Code.NOT_FOUND,
                "no recommendation yet: Prometheus does not answer.",
                "kubectl -n llm get ratematcher chat");
    }

    @Test
    void aRateMatcherOfAnotherNamespaceIsNotFollowed() {
        publish(4, 7);
        refused(() -> keda.value("other", PREFILL), Code.NOT_FOUND, "RateMatcher other/chat");
    }

    @Test
    void theLastGoodCountsHoldForAsLongAsMaxAgeAllows() {
        publish(4, 7);
        store.stale("llm", "chat", "The arrival rate is unknown.");
        now = START.plus(Duration.ofMinutes(10));
        assertThat(keda.value("llm", PREFILL)).isEqualTo(4);
        now = now.plusSeconds(1);
        refused(
                () -> keda.value("llm", PREFILL),
                Code.UNAVAILABLE,
                "llm/chat is 601 s old, more than metadata.maxAge (600 s) allows",
                "The arrival rate is unknown.",
                "spec.fallback");
        refused(() -> keda.active("llm", PREFILL), Code.UNAVAILABLE, "601 s old");
        assertThat(keda.value("llm", with("maxAge", "1h"))).isEqualTo(4);
        refused(
                () -> keda.value("llm", with("maxAge", "90s")),
                Code.UNAVAILABLE,
                "metadata.maxAge (90 s)");
    }

    private static Map<String, String> with(String key, String value) {
        var metadata = new HashMap<>(PREFILL);
        metadata.put(key, value);
        return metadata;
    }

    @Test
    void badMetadataIsRefusedWithFieldValueAndWhatWouldBeRight() {
        publish(4, 7);
        Map.of(
                        with("role", "Prefill"),
                        "metadata.role (Prefill) must be prefill or decode.",
                        with("role", ""),
                        "metadata.role () must be prefill or decode.",
                        with("rateMatcher", ""),
                        "metadata.rateMatcher () must be the name of a RateMatcher",
                        with("rateMatcher", "llm/chat"),
                        "metadata.rateMatcher (llm/chat) must be the name of a RateMatcher",
                        with("maxAge", "10"),
                        "metadata.maxAge (10) must be a duration above 0, such as 10m or 90s.",
                        with("maxAge", "0s"),
                        "metadata.maxAge (0s) must be a duration above 0",
                        with("maxAge", "99999999999999999999h"),
                        "metadata.maxAge (99999999999999999999h) must be",
                        with("max-age", "5m"),
                        "metadata.max-age is not known; it is written maxAge.",
                        with("ratematcher", "chat"),
                        "metadata.ratematcher is not known; it is written rateMatcher.")
                .forEach(
                        (metadata, words) -> {
                            var code = Code.INVALID_ARGUMENT;
                            String who = "ScaledObject llm/scaled: ";
                            refused(() -> keda.spec("llm", metadata), code, who + words);
                            refused(() -> keda.active("llm", metadata), code, who + words);
                            refused(() -> keda.value("llm", metadata, "x"), code, who + words);
                        });
        refused(
                () -> keda.value("llm", PREFILL, "ratematch-chat-decode"),
                Code.INVALID_ARGUMENT,
                "metricName (ratematch-chat-decode) must be ratematch-chat-prefill");
        refused(() -> keda.spec("", PREFILL), Code.INVALID_ARGUMENT, "namespace ()");
    }

    @Test
    void fieldsOfANewerKedaAreSkipped() {
        publish(4, 7);
        var newer =
                UnknownFieldSet.newBuilder()
                        .addField(
                                9,
                                UnknownFieldSet.Field.newBuilder()
                                        .addVarint(1)
                                        .addFixed64(2)
                                        .build())
                        .build();
        DynamicMessage ref = Asker.ref("llm", PREFILL).toBuilder().setUnknownFields(newer).build();
        assertThat(keda.ask("IsActive", ref).toString()).contains("result: true");
    }

    @Test
    void aStreamSaysActiveOnceKnownAndEndsWithTheRateMatcher() throws InterruptedException {
        var heard = keda.stream("llm", PREFILL);
        var other = keda.stream("llm", Map.of("rateMatcher", "code", "role", "decode"));
        var refused = keda.stream("llm", Map.of("rateMatcher", "chat"));
        assertThat(refused.poll(20, TimeUnit.SECONDS))
                .isInstanceOf(StatusRuntimeException.class)
                .asString()
                .contains("INVALID_ARGUMENT", "metadata.role ()");
        store.stale("llm", "chat", "nothing yet");
        publish(4, 7);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(true);
        publish(5, 6);
        store.remove("llm", "chat");
        assertThat(heard.poll(20, TimeUnit.SECONDS))
                .isInstanceOf(StatusRuntimeException.class)
                .asString()
                .contains("NOT_FOUND", "RateMatcher llm/chat");
        assertThat(other).isEmpty();
        assertThat(keda.stream("llm", PREFILL)).isEmpty();
    }

    @Test
    void aStreamThatBeginsLateHearsAtOnce() throws InterruptedException {
        publish(4, 7);
        assertThat(keda.stream("llm", PREFILL).poll(20, TimeUnit.SECONDS)).isEqualTo(true);
    }

    @Test
    void aTakenPortIsNamed() {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), scaler.port());
        assertThatThrownBy(() -> ExternalScaler.start(address, store, () -> now))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on")
                .hasMessageContaining("" + scaler.port());
    }
}
