package dev.ratematch.harness.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakResumeTest {

    private static int soak(Path progress, String... more) throws Exception {
        var words = new String[2 + more.length];
        words[0] = "progress=" + progress;
        words[1] = "threads=1";
        System.arraycopy(more, 0, words, 2, more.length);
        return Soak.of(words);
    }

    @Test
    void whatWasStoppedGoesOnWithItsFailures(@TempDir Path folder) throws Exception {
        var progress = folder.resolve("progress");
        Files.writeString(progress, "4\n3\n");
        assertThat(soak(progress, "seeds=5")).as("seed 3 had failed").isOne();
        assertThat(progress).as("what is complete begins again").doesNotExist();
        assertThat(soak(progress, "seeds=2")).isZero();
    }

    @Test
    void whatIsBegunAgainForgets(@TempDir Path folder) throws Exception {
        var progress = folder.resolve("progress");
        Files.writeString(progress, "1\n0\n");
        assertThat(soak(progress, "seeds=2", "fresh")).isZero();
    }

    @Test
    void moreSeedsThanAreAskedForAreNoProgress(@TempDir Path folder) throws Exception {
        var progress = folder.resolve("progress");
        Files.writeString(progress, "100\n7\n");
        assertThat(soak(progress, "seeds=1")).isZero();
    }

    @Test
    void oneSeedRunsAlone(@TempDir Path folder) throws Exception {
        assertThat(soak(folder.resolve("progress"), "seed=1")).isZero();
    }
}
