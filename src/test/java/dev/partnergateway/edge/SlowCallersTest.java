package dev.partnergateway.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Callers that are slow on purpose hold a connection for a limited time, and only so many connections. */
@BesideOthers
class SlowCallersTest {

    private static final int PATIENCE_MILLIS = 700;
    private static final int CONNECTIONS = 40;
    private static final long GENEROUS_NANOS = 20_000_000_000L;

    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.start(Map.of(
                "gateway.receive-timeout",
                "" + PATIENCE_MILLIS,
                "gateway.connection-limit",
                "" + CONNECTIONS,
                "gateway.bodies-limit",
                "150000"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("localhost", gateway.partner().port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(50);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Writes a drop whenever nothing comes for a moment, until the other side has closed; gives what was received. */
    private static String dripUntilClosed(Socket socket, String drop) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        long end = System.nanoTime() + GENEROUS_NANOS;
        while (System.nanoTime() < end) {
            try {
                int b = in.read();
                if (b < 0) {
                    return received.toString(StandardCharsets.ISO_8859_1);
                }
                received.write(b);
            } catch (SocketTimeoutException silent) {
                write(socket, drop);
            } catch (SocketException closed) {
                return received.toString(StandardCharsets.ISO_8859_1);
            }
        }
        throw new AssertionError("the connection was still open: " + received);
    }

    @Test
    void headersThatDripInAreCutOff() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /braze/coupon HTTP/1.1\r\nHost: a\r\n");
            String received = dripUntilClosed(socket, "X: y\r\n");
            assertTrue(received.matches("(?s)HTTP/1\\.[01] 408 .*\"StatusCode\":408,.*"), received);
        }
    }

    @Test
    void aFirstLineThatDripsInIsCutOff() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /");
            String received = dripUntilClosed(socket, "x");
            assertTrue(received.contains("\"StatusCode\":408,"), received);
        }
    }

    @Test
    void aBodyThatDripsInIsCutOff() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
            String received = dripUntilClosed(socket, " ");
            assertTrue(received.matches("(?s)HTTP/1\\.[01] 408 .*\"StatusCode\":408,.*"), received);
        }
    }

    @Test
    void aBodyThatIsOnlyBegunDoesNotHoldUpAStop() throws IOException {
        GatewayUnderTest stopped = GatewayUnderTest.start(Map.of("gateway.receive-timeout", "60000"));
        try (Socket socket = new Socket("localhost", stopped.partner().port())) {
            write(socket, "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{");
            // The answer to a call that comes later says that the one before has been taken note of.
            stopped.partner().send("GET", "/nothing", (String) null);
            long begun = System.nanoTime();
            stopped.close();
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertTrue(took.compareTo(Duration.ofSeconds(20)) < 0, "stopping took " + took);
        }
    }

    @Test
    void chunksThatDripInAreCutOff() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            String received = dripUntilClosed(socket, "1\r\n \r\n");
            assertTrue(received.contains("\"StatusCode\":408,"), received);
        }
    }

    @Test
    void aBodyThatIsTooLargeEndsTheConnection() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999\r\n\r\n");
            String received = dripUntilClosed(socket, " ");
            assertTrue(received.startsWith("HTTP/1.1 413 "), received);
        }
    }

    @Test
    void aConnectionThatIsQuietBetweenCallsStaysOpen() throws IOException {
        try (Socket socket = connect()) {
            for (int call = 0; call < 3; call++) {
                write(socket, "GET /nobody HTTP/1.1\r\nHost: a\r\n\r\n");
                String answer = readUntilSilent(socket, 2 * PATIENCE_MILLIS);
                assertTrue(answer.startsWith("HTTP/1.1 404 "), "call " + call + ": " + answer);
            }
        }
    }

    private static String readUntilSilent(Socket socket, int millis) throws IOException {
        socket.setSoTimeout(millis);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try {
            for (int b = socket.getInputStream().read();
                    b >= 0;
                    b = socket.getInputStream().read()) {
                received.write(b);
            }
        } catch (SocketTimeoutException silent) {
            return received.toString(StandardCharsets.ISO_8859_1);
        }
        throw new AssertionError("the connection was closed after " + received);
    }

    @Test
    void oneConnectionTooManyIsClosedAndRoomIsMadeAgain() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS + 20; i++) {
                sockets.add(connect());
            }
            long refused = 0;
            for (Socket socket : sockets) {
                refused += answers(socket) ? 0 : 1;
            }
            assertTrue(refused >= 20, refused + " connections were refused");
            assertTrue(refused < CONNECTIONS + 20, "some are served");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        long end = System.nanoTime() + GENEROUS_NANOS;
        boolean served = false;
        while (!served && System.nanoTime() < end) {
            try (Socket socket = connect()) {
                served = answers(socket);
            }
            Await.moment();
        }
        assertTrue(served, "room is made when callers leave");
    }

    private static boolean answers(Socket socket) {
        try {
            socket.setSoTimeout(5000);
            write(socket, "GET /nobody HTTP/1.1\r\nHost: a\r\n\r\n");
            return socket.getInputStream().read() == 'H';
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void bodiesThatWouldFillTheMemoryAreRefusedAndRoomIsMadeAgain() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        String received = "";
        try {
            for (int i = 0; i < 4; i++) {
                Socket socket = connect();
                sockets.add(socket);
                write(socket, "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
                write(socket, " ".repeat(59_999));
            }
            for (Socket socket : sockets) {
                received += dripUntilClosed(socket, "");
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        assertTrue(received.contains("\"StatusCode\":503,"), received);
        assertTrue(received.contains("\"StatusCode\":408,"), "the first ones are waited for: " + received);
        assertEquals(
                400,
                gateway.partner()
                        .send("POST", "/braze/coupon", " ".repeat(60_000))
                        .status());
    }

    @Test
    void allThisHoldsNoCallOfOthersUp() {
        assertEquals(
                404, gateway.partner().send("GET", "/nobody", (String) null).status());
    }
}
