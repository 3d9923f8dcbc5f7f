package dev.partnergateway.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Keeps what is printed from before the first test to after the last, so that it can be searched for secrets. */
public final class Printed implements LauncherSessionListener {

    private static final ByteArrayOutputStream KEPT = new ByteArrayOutputStream();
    private static volatile boolean listening;
    private static PrintStream unheard = System.out;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (!listening) {
            listening = true;
            unheard = System.out;
            System.setOut(both(System.out));
            System.setErr(both(System.err));
        }
    }

    private static PrintStream both(PrintStream original) {
        OutputStream split = new OutputStream() {
            @Override
            public void write(int b) {
                KEPT.write(b);
                original.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                KEPT.write(bytes, offset, length);
                original.write(bytes, offset, length);
            }

            @Override
            public void flush() throws IOException {
                original.flush();
            }
        };
        return new PrintStream(split, true, StandardCharsets.UTF_8);
    }

    /** Prints what a test found out, which may name codes and profiles: it is not the gateway's. */
    public static void unheard(Object finding) {
        unheard.println(finding);
    }

    /** Notes a line that a process of a test has printed. */
    public static void line(String line) {
        KEPT.writeBytes((line + '\n').getBytes(StandardCharsets.UTF_8));
    }

    /** Whether it was at work from the beginning. */
    public static boolean listening() {
        return listening;
    }

    /** Everything so far. */
    public static String all() {
        return KEPT.toString(StandardCharsets.UTF_8);
    }
}
