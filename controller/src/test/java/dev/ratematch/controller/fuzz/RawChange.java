package dev.ratematch.controller.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Changes of a text that know nothing of its grammar: it is cut, bytes fall, parts come twice.
final class RawChange {

    private static final List<byte[]> BYTES =
            List.of(
                    new byte[] {(byte) 0xff},
                    new byte[] {(byte) 0xc0, (byte) 0x80},
                    new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                    new byte[] {0},
                    new byte[] {0x1f, (byte) 0x8b, 8, 0},
                    "\ufeff".getBytes(StandardCharsets.UTF_8),
                    "]".getBytes(StandardCharsets.UTF_8),
                    "}".getBytes(StandardCharsets.UTF_8),
                    "\"".getBytes(StandardCharsets.UTF_8),
                    ",".getBytes(StandardCharsets.UTF_8),
                    "{\"status\":\"error\",".getBytes(StandardCharsets.UTF_8),
                    "NaN".getBytes(StandardCharsets.UTF_8),
                    "<html>".getBytes(StandardCharsets.UTF_8));

    private RawChange() {}

    /// The text with one of them, as whoever decodes bytes gets it.
    static String one(String text, Dice dice) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        int at = dice.below(bytes.length + 1);
        int kind = dice.below(6);
        dice.note("raw %d at byte %d of %d".formatted(kind, at, bytes.length));
        var out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        switch (kind) {
            case 0 -> {} // The rest never came.
            case 1 -> {
                out.writeBytes(dice.any(BYTES));
                out.write(bytes, at, bytes.length - at);
            }
            case 2 -> {
                int gone = Math.min(bytes.length - at, dice.below(200));
                out.write(bytes, at + gone, bytes.length - at - gone);
            }
            case 3 -> {
                int back = Math.max(0, at - dice.below(500));
                out.write(bytes, back, bytes.length - back);
            }
            case 4 -> {
                String open = dice.any(List.of("[", "{\"a\":", "[{\"values\":[", "("));
                out.writeBytes(open.repeat(dice.below(20_000)).getBytes(StandardCharsets.UTF_8));
                out.write(bytes, at, bytes.length - at);
            }
            default -> {
                out.write(bytes, at, bytes.length - at);
                var all = out.toByteArray();
                for (int i = dice.below(5); i >= 0 && all.length > 0; i--) {
                    all[dice.below(all.length)] = (byte) dice.below(256);
                }
                return new String(all, StandardCharsets.UTF_8);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
