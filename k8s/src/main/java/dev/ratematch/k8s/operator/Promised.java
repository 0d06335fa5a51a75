package dev.ratematch.k8s.operator;

import dev.ratematch.controller.ledger.Compared;
import dev.ratematch.controller.ledger.Entry;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.Promises;
import dev.ratematch.k8s.api.RateMatcherStatus.SettledPromise;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// How promises came out, as a status. Pure.
final class Promised {

    private static final double PERCENT = 100;

    private Promised() {}

    /// The last settled one stays from an earlier process until this one has its own.
    static Promises of(TrackRecord record, @Nullable RateMatcherStatus before) {
        var last = record.last();
        var earlier = before == null ? null : before.promises();
        return new Promises(
                StatusText.time(record.sinceSeconds()),
                record.settled(),
                number(record.served().value(), PERCENT, 1),
                number(record.ttft().value(), PERCENT, 1),
                number(record.itl().value(), PERCENT, 1),
                last != null ? settled(last) : earlier == null ? null : earlier.last());
    }

    private static SettledPromise settled(Entry entry) {
        var came = entry.asItCame();
        return new SettledPromise(
                entry.to().ratio(),
                StatusText.time(entry.atSeconds()),
                entry.settled().windows(),
                promised(came.served(), 1, 2),
                measured(came.served(), 1, 2),
                promised(came.ttft(), StatusText.MILLIS, 0),
                measured(came.ttft(), StatusText.MILLIS, 0),
                promised(came.itl(), StatusText.MILLIS, 1),
                measured(came.itl(), StatusText.MILLIS, 1),
                number(entry.settled().lateShare(), PERCENT, 1));
    }

    private static @Nullable Double promised(Compared compared, double scale, int digits) {
        return number(compared.promised(), scale, digits);
    }

    private static @Nullable Double measured(Compared compared, double scale, int digits) {
        return number(compared.measured(), scale, digits);
    }

    private static @Nullable Double number(OptionalDouble value, double scale, int digits) {
        return value.isPresent()
                ? Double.valueOf(StatusText.rounded(scale * value.getAsDouble(), digits))
                : null;
    }
}
