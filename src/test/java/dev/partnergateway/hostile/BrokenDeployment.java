package dev.partnergateway.hostile;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/** A deployment that answers every call in the next of many bad ways. */
final class BrokenDeployment implements AutoCloseable {

    private static final int BLOCK = 1 << 16;
    private static final int GZIP_BLOCKS = 600_000_000 / BLOCK;
    private static final int PLAIN_BLOCKS = 200_000_000 / BLOCK;
    private static final int STUFFED_BLOCKS = 15_000_000 / BLOCK;
    private static final int HEADERS = 300_000;
    private static final int DRIPS = 200;
    private static final long DRIP_NANOS = 700_000_000L;
    private static final long SLOW_NANOS = 4_000_000_000L;

    private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger next = new AtomicInteger();
    private final byte[] bomb = bomb();
    private volatile boolean closed;

    @FunctionalInterface
    private interface Way {
        void answer(OutputStream out) throws IOException;
    }

    private volatile boolean stuffing;

    private final List<Way> ways = List.of(
            this::slowRefusal,
            this::manyHeaders,
            this::bomb,
            this::large,
            this::drip,
            this::interim,
            this::garbage,
            this::endless,
            this::nothing,
            this::deep);

    BrokenDeployment() throws IOException {
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                // The head is read to its end; what follows it does not matter.
                continue;
            }
            if (stuffing) {
                stuffed(socket.getOutputStream());
                return;
            }
            ways.get(Math.floorMod(next.getAndIncrement(), ways.size())).answer(socket.getOutputStream());
        } catch (IOException gone) {
            // The gateway has had enough of it, which is what it should do.
            return;
        }
    }

    /** From now on every answer is nearly as large as one may be, and never ends. */
    void stuff() {
        stuffing = true;
    }

    private void stuffed(OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n{\"a\":\"");
        byte[] block = new byte[BLOCK];
        java.util.Arrays.fill(block, (byte) 'x');
        for (int i = 0; i < STUFFED_BLOCKS && !closed; i++) {
            out.write(block);
        }
        pause(SLOW_NANOS);
    }

    private void slowRefusal(OutputStream out) throws IOException {
        pause(SLOW_NANOS);
        write(out, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}");
    }

    private void manyHeaders(OutputStream out) throws IOException {
        StringBuilder headers = new StringBuilder("HTTP/1.1 200 OK\r\n");
        for (int i = 0; i < HEADERS; i++) {
            headers.append("X-").append(i).append(": 1\r\n");
        }
        write(out, headers.append("Content-Length: 2\r\n\r\n{}").toString());
    }

    private void bomb(OutputStream out) throws IOException {
        write(
                out,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + bomb.length + "\r\n\r\n");
        out.write(bomb);
    }

    private void large(OutputStream out) throws IOException {
        write(
                out,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + (long) PLAIN_BLOCKS * BLOCK
                        + "\r\n\r\n");
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < PLAIN_BLOCKS; i++) {
            out.write(block);
        }
    }

    private void drip(OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for (int i = 0; i < DRIPS && !closed; i++) {
            write(out, " ");
            pause(DRIP_NANOS);
        }
    }

    private void interim(OutputStream out) throws IOException {
        for (int i = 0; i < HEADERS; i++) {
            write(out, "HTTP/1.1 100 Continue\r\n\r\n");
        }
    }

    private void garbage(OutputStream out) throws IOException {
        write(out, "HTTP/9.9 \u0000\u0001 nonsense".repeat(100_000));
    }

    private void endless(OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < PLAIN_BLOCKS && !closed; i++) {
            write(out, "3e8\r\n" + "[".repeat(1000) + "\r\n");
        }
    }

    private void nothing(OutputStream out) {
        pause(SLOW_NANOS);
    }

    private void deep(OutputStream out) throws IOException {
        String body = "[".repeat(5_000_000);
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
    }

    private static byte[] bomb() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] block = new byte[BLOCK];
        java.util.Arrays.fill(block, (byte) ' ');
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < GZIP_BLOCKS; i++) {
                gzip.write(block);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        threads.shutdownNow();
    }
}
