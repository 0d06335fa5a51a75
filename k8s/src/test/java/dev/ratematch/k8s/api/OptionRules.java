package dev.ratematch.k8s.api;

import dev.ratematch.controller.spec.Option;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The keys and ranges of `Option` as rules of the schema: annotations take constants only.
final class OptionRules {

    private OptionRules() {}

    /// Writes them into the spec that has options.
    static void write(@Nullable JSONSchemaProps spec) {
        var options = spec == null ? null : spec.getProperties().get("options");
        if (options == null) {
            return;
        }
        var rules = new ArrayList<ValidationRule>();
        String keys =
                Arrays.stream(Option.values())
                        .map(option -> '"' + option.key() + '"')
                        .collect(Collectors.joining(", ", "[", "]"));
        String first = "self.filter(key, !(key in %s))[0]".formatted(keys);
        rules.add(
                new ValidationRuleBuilder()
                        .withRule("self.all(key, key in %s)".formatted(keys))
                        .withMessageExpression(
                                "'options.%%s (%%s) is not known; known are %s'.format([%s, self[%s]])"
                                        .formatted(String.join(", ", Option.known()), first, first))
                        .build());
        for (var option : Option.values()) {
            rules.add(
                    new ValidationRuleBuilder()
                            .withRule(rule(option))
                            .withMessageExpression(
                                    "'options.%s (%%s) must be a %s from %s'.format([self.%s])"
                                            .formatted(
                                                    option.key(),
                                                    option.type().label(),
                                                    option.range(),
                                                    option.key()))
                            .build());
        }
        options.setMaxProperties((long) Option.values().length + 8);
        options.setXKubernetesValidations(rules);
    }

    private static String rule(Option option) {
        String value = "self." + option.key();
        String range =
                String.format(
                        Locale.ROOT,
                        "!('%s' in self) || (%s >= %s && %s <= %s",
                        option.key(),
                        value,
                        option.least(),
                        value,
                        option.most());
        return option.type() == Option.Type.WHOLE
                ? range + " && double(int(%s)) == %s)".formatted(value, value)
                : range + ")";
    }
}
