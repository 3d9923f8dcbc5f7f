package dev.partnergateway.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A connection that is said to end does end; one that nobody needs is not kept for ever. */
@BesideOthers
class ConnectionEndTest {

    private static final int IDLE_MILLIS = 1500;
    private static final int BODY = 2_000_000;

    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.start(
                Map.of("gateway.idle-timeout", "" + IDLE_MILLIS, "gateway.receive-timeout", "20000"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("localhost", gateway.partner().port());
        socket.setSoTimeout(15_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** All until the other side closes; fails when it does not. */
    private static String readToTheEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aBodyThatIsTooLargeEndsItsConnectionAndWhatFollowsIsNotRead() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY + "\r\n\r\n");
            write(socket, " ".repeat(BODY));
            long asked = System.nanoTime();
            String received = readToTheEnd(socket);
            assertTrue((System.nanoTime() - asked) / 1_000_000 < IDLE_MILLIS, "not for being idle");
            assertTrue(received.startsWith("HTTP/1.1 413 "), received);
            assertTrue(received.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n"), received);
        }
    }

    @Test
    void aChunkedBodyThatIsTooLargeEndsItsConnection() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            write(socket, Integer.toHexString(BODY) + "\r\n" + " ".repeat(BODY) + "\r\n0\r\n\r\n");
            write(socket, "GET /nobody HTTP/1.1\r\nHost: a\r\n\r\n");
            String received = readToTheEnd(socket);
            assertTrue(received.startsWith("HTTP/1.1 413 "), received);
            assertFalse(received.contains("HTTP/1.1 404 "), received);
        }
    }

    @Test
    void aBodyWithoutEndIsNotTakenForEverWhateverItsPath() {
        for (String path : new String[] {"/braze/coupon", "/braze/nothing", "/nobody"}) {
            for (String length : new String[] {"Content-Length: 99999999999", "Transfer-Encoding: chunked"}) {
                boolean chunked = length.startsWith("T");
                byte[] part = new byte[1 << 20];
                Arrays.fill(part, (byte) ' ');
                int written = 0;
                try (Socket socket = connect()) {
                    write(socket, "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + length + "\r\n\r\n");
                    OutputStream out = socket.getOutputStream();
                    while (written < 200) {
                        if (chunked) {
                            write(socket, "100000\r\n");
                        }
                        out.write(part);
                        if (chunked) {
                            write(socket, "\r\n");
                        }
                        written++;
                    }
                } catch (IOException closed) {
                    assertTrue(closed instanceof SocketException, closed.toString());
                }
                assertTrue(written < 200, path + " " + length);
            }
        }
    }

    @Test
    void aShortBodyForAPathThatIsNoneLeavesTheConnectionUsable() throws IOException {
        try (Socket socket = connect()) {
            write(
                    socket,
                    "POST /nobody HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde"
                            + "POST /braze/coupons HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde"
                            + "GET /nobody HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertEquals(4, readToTheEnd(socket).split("HTTP/1.1 404 ", -1).length);
        }
    }

    @Test
    void anIdleConnectionIsClosedWhenTheSettingSaysSo() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "GET /nobody HTTP/1.1\r\nHost: a\r\n\r\n");
            long asked = System.nanoTime();
            assertTrue(readToTheEnd(socket).startsWith("HTTP/1.1 404 "));
            long millis = (System.nanoTime() - asked) / 1_000_000;
            assertTrue(millis >= IDLE_MILLIS - 100, millis + " ms");
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection was kept", e);
        }
    }
}
