package dev.ratematch.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./ratematch` in a checkout of its own, with a Maven and a JDK that only say what they are
/// asked.
class LauncherTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final String JAR = "cli/target/quick/ratematch.jar";

    @TempDir private Path folder;
    private Path checkout;

    @BeforeEach
    void aCheckout() throws IOException {
        checkout = Files.createDirectories(folder.resolve("checkout"));
        for (String file :
                new String[] {
                    "ratematch", "deploy/launch.sh", ".ci/jdk", ".ci/unbuilt-help", "pom.xml"
                }) {
            copy(file);
        }
        for (String page : new String[] {"README.md", "plan.md", "experiment-bandwidth.md"}) {
            copy("docs/reference/" + page);
        }
        copy("cli/pom.xml");
        Files.createDirectories(checkout.resolve("cli/src/main"));
        program("jdk/bin/javac", "echo 'javac 25'");
        program("jdk/bin/java", "case \"$*\" in *AOTCacheOutput*) exit;; esac; echo \"java $*\"");
        program(
                "tools/mvn",
                "echo \"[INFO] Building Ratematch cost model 0.1.0\"; touch \"%s\""
                        .formatted(checkout.resolve(JAR)));
    }

    @Test
    void helpAndVersionNeverBuild() throws Exception {
        assertThat(run("plan", "--help"))
                .contains("Usage: ratematch plan")
                .doesNotContain("building");
        assertThat(run("experiment", "bandwidth", "--help"))
                .contains("Usage: ratematch experiment bandwidth");
        assertThat(run("--help")).contains("Usage: ratematch").contains("Commands:");
        assertThat(run("--version")).startsWith("ratematch 0.1").contains("not built yet");
        assertThat(checkout.resolve(JAR)).doesNotExist();
    }

    @Test
    void whatIsBuiltAlreadyAnswersThoughASourceIsNewer() throws Exception {
        age(built(JAR));
        assertThat(run("plan", "--help"))
                .startsWith("java ")
                .contains(JAR + " plan --help")
                .doesNotContain("building");
    }

    @Test
    void aCommandBuildsWhatIsOldAndOnlyThat() throws Exception {
        assertThat(run("plan", "--gpus", "8"))
                .contains("sources are newer than the jar; building")
                .contains("ratematch:   Ratematch cost model")
                .contains("-jar " + checkout.resolve(JAR) + " plan --gpus 8");
        assertThat(run("plan")).doesNotContain("building");
        Files.setLastModifiedTime(
                checkout.resolve("cli/pom.xml"), FileTime.from(Instant.now().plusSeconds(9)));
        assertThat(run("plan")).contains("building");
    }

    @Test
    void whatTheTestsBuiltWillDo() throws Exception {
        built("cli/target/ratematch.jar");
        assertThat(run("step"))
                .contains("-jar " + checkout.resolve("cli/target/ratematch.jar") + " step")
                .doesNotContain("building");
        assertThat(run("--jar")).isEqualTo(checkout.resolve("cli/target/ratematch.jar") + "\n");
    }

    @Test
    void aBuildWaitsForAnotherOfTheSameCheckoutAndSaysSo() throws Exception {
        var lock = checkout.resolve("cli/target/quick/build.lock");
        Files.createDirectories(lock.getParent());
        var holder = new ProcessBuilder("flock", lock.toString(), "cat").start();
        // What comes back is from behind the lock.
        holder.outputWriter(UTF_8).append("held\n").flush();
        assertThat(holder.inputReader(UTF_8).readLine()).isEqualTo("held");
        var waiting = start("plan");
        assertThat(waiting.inputReader(UTF_8).readLine())
                .contains("another build of this checkout is running");
        built(JAR);
        holder.outputWriter(UTF_8).close();
        assertThat(waiting.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(waiting.inputReader(UTF_8).readAllAsString())
                .contains("java ")
                .doesNotContain("building");
    }

    private String run(String... words) throws Exception {
        var process = start(words);
        String said = process.inputReader(UTF_8).readAllAsString();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private Process start(String... words) throws IOException {
        var command = new ProcessBuilder(checkout.resolve("ratematch").toString());
        command.command().addAll(List.of(words));
        command.environment().put("PATH", folder.resolve("tools") + ":" + System.getenv("PATH"));
        command.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        return command.redirectErrorStream(true).start();
    }

    /// A jar that is newer than every source.
    private Path built(String jar) throws IOException {
        var path = checkout.resolve(jar);
        Files.createDirectories(path.getParent());
        Files.write(path, new byte[0]);
        return path;
    }

    private static void age(Path jar) throws IOException {
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    }

    private void copy(String file) throws IOException {
        var copy = checkout.resolve(file);
        Files.createDirectories(copy.getParent());
        Files.copy(ROOT.resolve(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private void program(String name, String script) throws IOException {
        var path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "#!/usr/bin/env bash\n" + script + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
