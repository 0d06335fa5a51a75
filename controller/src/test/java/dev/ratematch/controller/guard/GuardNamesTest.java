package dev.ratematch.controller.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GuardNamesTest {

    private static String camel(Reason reason) {
        return Arrays.stream(reason.name().split("_", -1))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    @Test
    void everyGuardHasTheNameOfAReason() {
        var names = Arrays.stream(Reason.values()).map(GuardNamesTest::camel).toList();
        var guards =
                new ClassFileImporter()
                                .withImportOption(new ImportOption.DoNotIncludeTests())
                                .importPackages("dev.ratematch.controller.guard")
                                .stream()
                                .filter(c -> c.isAssignableTo(Guard.class) && !c.isInterface())
                                .map(c -> c.getSimpleName())
                                .toList();
        assertThat(guards).hasSizeGreaterThan(10).isSubsetOf(names);
    }
}
