package dev.ratematch.controller.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultTest {

    @Test
    void whatAFailureSaysOfItselfIsSaid() {
        assertThat(Fault.of(new IllegalStateException("Deployment/decode is forbidden")))
                .isEqualTo("Deployment/decode is forbidden");
    }

    @Test
    void aFailureWithoutWordsIsNamedByItsKind() {
        assertThat(Fault.of(new NullPointerException())).isEqualTo("internal fault (null pointer)");
        assertThat(Fault.of(new StackOverflowError("deep")))
                .isEqualTo("internal fault (stack overflow)");
        assertThat(Fault.of(new NullPointerException("Cannot invoke \"a.b.Replica.pods()\"")))
                .isEqualTo("internal fault (null pointer)");
        assertThat(Fault.of(new IllegalStateException("java.net.ConnectException: refused")))
                .isEqualTo("connect: refused");
    }

    @Test
    void namesOfClassesBecomeWords() {
        Map.of(
                        "java.net.UnknownHostException: no-such-host",
                        "unknown host: no-such-host",
                        "io.netty.channel.AbstractChannel$AnnotatedConnectException: refused",
                        "annotated connect: refused",
                        "failed: TimeoutException",
                        "failed: timeout",
                        "http://prometheus.monitoring.svc:9090 says 503; CreateContainerError",
                        "http://prometheus.monitoring.svc:9090 says 503; CreateContainerError")
                .forEach((raw, plain) -> assertThat(Fault.clean(raw)).isEqualTo(plain));
    }
}
