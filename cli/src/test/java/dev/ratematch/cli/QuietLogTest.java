package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import io.netty.util.internal.MacAddressUtil;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A machine without a network but loopback is no fault, and nothing is said of it.
class QuietLogTest {

    @Test
    void whatNettyMissesWithoutANetworkIsNotSaid() throws JoranException {
        var context = new LoggerContext();
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(
                Objects.requireNonNull(QuietLogTest.class.getResource("/logback.xml")));

        for (String name :
                new String[] {
                    MacAddressUtil.class.getName(),
                    "io.netty.resolver.dns.DefaultDnsServerAddressStreamProvider"
                }) {
            assertThat(context.getLogger(name).getEffectiveLevel()).isEqualTo(Level.ERROR);
        }
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getLevel()).isEqualTo(Level.WARN);
    }
}
