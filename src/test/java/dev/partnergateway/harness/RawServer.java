package dev.partnergateway.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server whose every byte is the test's: it can break HTTP in ways that no server does by accident. */
public final class RawServer implements AutoCloseable {

    /** What happens on a connection whose first request has been read; its head is empty when there was none. */
    @FunctionalInterface
    public interface Script {
        /** Answers, or does not; the connection is closed afterwards. */
        void run(String head, Socket connection) throws IOException;
    }

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Script script;
    private volatile boolean early;

    private RawServer(ServerSocket listening, Script script) {
        this.listening = listening;
        this.script = script;
        threads.execute(this::accept);
    }

    /** A server on a free port. */
    public static RawServer start(Script script) {
        try {
            return start(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server behind a socket of one's own. */
    public static RawServer start(ServerSocket listening, Script script) {
        return new RawServer(listening, script);
    }

    /** Another script for the connections from now on. */
    public void script(Script other) {
        early = false;
        script = other;
    }

    /** As {@link #script}, and begun before the body of the request is read. */
    public void early(Script other) {
        early = true;
        script = other;
    }

    /** The port. */
    public int port() {
        return listening.getLocalPort();
    }

    /** First lines of the requests whose heads have come. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Connections that neither side has closed. */
    public int open() {
        return open.size();
    }

    /** Writes text on a connection. */
    public static void write(Socket connection, String text) throws IOException {
        OutputStream out = connection.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** A complete answer, after which the connection ends. */
    public static String answer(String statusLine, String body, String... headers) {
        StringBuilder answer = new StringBuilder(statusLine).append("\r\n");
        for (String header : headers) {
            answer.append(header).append("\r\n");
        }
        return answer.append("Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n")
                .append(body)
                .toString();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket connection = listening.accept();
                open.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            String head = head(connection.getInputStream());
            if (!head.isEmpty()) {
                requests.add(head.substring(0, head.indexOf("\r\n")));
                connection.getInputStream().readNBytes(early ? 0 : bodyLength(head));
            }
            script.run(head, connection);
        } catch (IOException e) {
            // The other side has gone, which many tests are about.
            Thread.onSpinWait();
        } finally {
            open.remove(connection);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            if (read < 0) {
                return "";
            }
            head.append((char) read);
        }
        return head.toString();
    }

    private static int bodyLength(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
