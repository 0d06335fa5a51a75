package dev.ratematch.cli;

import dev.ratematch.controller.service.ShippedProfiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.stream.Collectors;
import picocli.CommandLine.IVersionProvider;

/// What this is: the release and the commit that it was built from, the JDK that runs it, and the
/// profiles that its figures rest on.
final class Version implements IVersionProvider {

    private static final String UNKNOWN = "unknown";

    @Override
    public String[] getVersion() {
        var build = build();
        String commit = build.getProperty("git.commit.id.abbrev", UNKNOWN);
        boolean changed = Boolean.parseBoolean(build.getProperty("git.dirty", "false"));
        return new String[] {
            "ratematch %s".formatted(build.getProperty("git.build.version", UNKNOWN)),
            "commit:   %s%s".formatted(commit, changed ? ", with changes" : ""),
            "JDK:      %s, %s".formatted(Runtime.version(), System.getProperty("java.vm.vendor")),
            "profiles: "
                    + ShippedProfiles.fingerprints().entrySet().stream()
                            .map(each -> each.getKey() + " " + each.getValue())
                            .collect(Collectors.joining(", ")),
        };
    }

    /// What the build left; empty where classes run without one.
    private static Properties build() {
        var build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("build.properties")) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return build;
    }
}
