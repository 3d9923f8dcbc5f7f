package dev.partnergateway.fuzz;

import dev.partnergateway.harness.Http;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One kept-alive connection on which any bytes can be sent, for what no HTTP client would send. */
public final class Wire implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 120_000;

    private final int port;
    private Socket socket;
    private InputStream in;

    /** Connects to a port of this machine when the first request is sent. */
    public Wire(int port) {
        this.port = port;
    }

    /**
     * Sends a request.
     *
     * @return the answer; null when the other side closed the connection without one
     */
    public Http.Answer send(String head, byte[] body) throws IOException {
        if (socket == null) {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        Http.Answer answer;
        try {
            socket.getOutputStream().write(bytes.toByteArray());
            answer = read();
        } catch (java.net.SocketException closed) {
            answer = null;
        }
        if (answer == null || "close".equalsIgnoreCase(answer.header("Connection"))) {
            close();
        }
        return answer;
    }

    private Http.Answer read() throws IOException {
        String line = line();
        if (line == null) {
            return null;
        }
        int status = Integer.parseInt(line.split(" ")[1]);
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header = line(); header != null && !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon),
                    List.of(header.substring(colon + 1).strip()));
        }
        if (status == 100) {
            return read();
        }
        int length = headers.containsKey("Content-Length")
                ? Integer.parseInt(headers.get("Content-Length").get(0))
                : 0;
        return new Http.Answer(status, headers, in.readNBytes(length));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
