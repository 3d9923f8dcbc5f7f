package dev.partnergateway.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.partnergateway.fuzz.GoodCalls.Good;
import dev.partnergateway.fuzz.GoodCalls.Pair;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Wherever a caller can name a host, and however it is written: nothing is connected to that the operator has not
 * configured. A listener on the loopback addresses counts every connection; there must be none.
 *
 * <p>The short form shares the addresses out among the places; {@code -Dfuzz.addresses=all} tries each in every place.
 */
@BesideOthers
class AddressFuzzTest {

    /** In the short form a place gets every so many-th address; there are more places than that. */
    private static final int EVERY = "all".equals(System.getProperty("fuzz.addresses")) ? 1 : 16;

    /** Names of members and parameters that hold a host, found in the contracts by what they are for. */
    private static final List<String> CALLBACK = List.of("X-Callback-Destination-URI");

    /** Accepts whatever comes, on every loopback address, and counts it. */
    private static final class Forbidden implements AutoCloseable {

        private final ServerSocket socket;
        private final AtomicInteger reached = new AtomicInteger();

        Forbidden() throws IOException {
            socket = new ServerSocket(0, 1000, InetAddress.getByName("::"));
            Thread thread = new Thread(
                    () -> {
                        while (!socket.isClosed()) {
                            try {
                                Socket caller = socket.accept();
                                reached.incrementAndGet();
                                caller.close();
                            } catch (IOException closed) {
                                return;
                            }
                        }
                    },
                    "forbidden");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Ways to write this machine, other machines nobody may reach, and names that only look like a configured one. */
    static List<String> hosts(int port) throws IOException {
        List<String> bare = GoodCalls.corpus("hosts.txt");
        List<String> all = new ArrayList<>();
        for (String host : bare) {
            all.add(host);
            all.add(host + ":" + port);
            all.add("http://" + host + ":" + port);
            all.add("https://" + host + ":" + port + "/");
        }
        for (String scheme : List.of(
                "file://",
                "ftp://",
                "gopher://",
                "dict://",
                "ldap://",
                "jar:http://",
                "http:",
                "http:/",
                "http:///",
                "//",
                "///",
                "\\\\",
                "https:\\\\",
                "javascript:",
                "data:",
                "netdoc:",
                "HTTP://user@",
                " http://",
                "http:// ")) {
            all.add(scheme + "127.0.0.1:" + port + "/");
            all.add(scheme + "localhost:" + port);
        }
        all.addAll(List.of(
                "https://sandbox.example:" + port,
                "sandbox.example:443",
                "sandbox.example:0",
                "sandbox.example:-1",
                "sandbox.example:99999",
                "sandbox.example:",
                "https://sandbox.example/..//127.0.0.1:" + port,
                "https://sandbox.example/?next=http://127.0.0.1:" + port,
                "https://sandbox.example#http://127.0.0.1:" + port));
        return all;
    }

    private static List<String> share(List<String> hosts, int place) {
        List<String> share = new ArrayList<>();
        for (int i = place % EVERY; i < hosts.size(); i += EVERY) {
            share.add(hosts.get(i));
        }
        return share;
    }

    @Test
    void noAddressOfACallerIsEverConnectedTo() throws IOException {
        int sent = 0;
        List<String> places = new ArrayList<>();
        try (Forbidden forbidden = new Forbidden();
                GatewayUnderTest gateway = GatewayUnderTest.start(Map.of(
                        "gateway.deadline.braze", "30000",
                        "gateway.deployments.callbacks.host", "callbacks.example",
                        "gateway.deployments.callbacks.callback-hosts", "callbacks.example"));
                Wire wire = new Wire(gateway.partner().port())) {
            List<String> hosts = hosts(forbidden.port());
            assertTrue(hosts.size() >= 200, hosts.size() + " addresses");
            for (Good good : GoodCalls.all()) {
                String place = place(good);
                if (place.isEmpty()) {
                    continue;
                }
                for (String host : share(hosts, places.size())) {
                    Http.Answer answer = send(wire, good, place, host);
                    assertNotNull(answer, good.operation().id() + " " + host);
                    assertEquals(400, answer.status(), good.operation().id() + " " + host + ": " + answer.text());
                    sent++;
                }
                places.add(good.operation().id() + " " + place);
            }
            assertEquals(List.of(), gateway.sandbox().calls());
            assertEquals(0, forbidden.reached.get());
        }
        System.out.println(sent + " calls with addresses, in " + places.size() + " places");
        assertTrue(places.size() >= EVERY, places.toString());
    }

    /** Pointer, parameter or header that holds the deployment; empty = the operation has none. */
    private static String place(Good good) {
        for (Pair header : good.headers()) {
            if (holdsHost(header.value())) {
                return "header " + header.name();
            }
        }
        for (Pair parameter : good.query()) {
            if (holdsHost(parameter.value())) {
                return "query " + parameter.name();
            }
        }
        return good.body() == null ? "" : pointer(good.body(), "");
    }

    private static boolean holdsHost(String value) {
        return value.toLowerCase(Locale.ROOT).contains("sandbox.example");
    }

    private static String pointer(com.fasterxml.jackson.databind.JsonNode node, String at) {
        for (var member : node.properties()) {
            String below = at + "/" + member.getKey();
            if (member.getValue().isTextual() && holdsHost(member.getValue().asText())) {
                return "body " + below;
            }
            String found = pointer(member.getValue(), below);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return "";
    }

    private static Http.Answer send(Wire wire, Good good, String place, String host) throws IOException {
        String name = place.substring(place.indexOf(' ') + 1);
        List<Pair> query = new ArrayList<>(good.query());
        List<Pair> headers = new ArrayList<>(good.headers());
        byte[] body = good.bodyBytes();
        if (place.startsWith("header")) {
            headers.replaceAll(header -> header.name().equals(name) ? new Pair(name, onOneLine(host)) : header);
        } else if (place.startsWith("query")) {
            query.replaceAll(parameter -> parameter.name().equals(name) ? new Pair(name, host) : parameter);
        } else {
            ObjectNode copy = good.body().deepCopy();
            int slash = name.lastIndexOf('/');
            ((ObjectNode) (slash == 0 ? copy : copy.at(name.substring(0, slash)))).put(name.substring(slash + 1), host);
            body = copy.toString().getBytes(StandardCharsets.UTF_8);
        }
        String head =
                GoodCalls.head(good.operation().method(), GoodCalls.target(good.path(), query), headers, body.length);
        return wire.send(head, body);
    }

    /** A header takes bytes only, and no control characters: anything else ends at the edge, with 400, too. */
    private static String onOneLine(String host) {
        return new String(host.replace('\u0000', '~').getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void noRedirectOfADeploymentIsFollowed() throws IOException {
        HttpServer deployment = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        try (Forbidden forbidden = new Forbidden()) {
            AtomicInteger status = new AtomicInteger();
            deployment.createContext("/", exchange -> {
                try (exchange) {
                    exchange.getRequestBody().readAllBytes();
                    String there = "http://127.0.0.1:" + forbidden.port() + "/";
                    exchange.getResponseHeaders().add("Location", there);
                    exchange.getResponseHeaders().add("Refresh", "0; url=" + there);
                    exchange.getResponseHeaders().add("Content-Location", there);
                    exchange.getResponseHeaders().add("Alt-Svc", "h2=\"127.0.0.1:" + forbidden.port() + "\"");
                    exchange.sendResponseHeaders(status.get(), -1);
                }
            });
            deployment.createContext("/v1/integration/campaigns", exchange -> {
                try (exchange) {
                    byte[] none = "{\"hasMore\":false,\"data\":[]}".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, none.length);
                    exchange.getResponseBody().write(none);
                }
            });
            deployment.start();
            try (GatewayUnderTest gateway = GatewayUnderTest.start(Map.of(
                    "gateway.deadline.braze", "30000",
                    "gateway.deployments.moved.host", "moved.example",
                    "gateway.deployments.moved.base-url",
                            "http://127.0.0.1:" + deployment.getAddress().getPort()))) {
                for (int code : List.of(300, 301, 302, 303, 305, 307, 308)) {
                    status.set(code);
                    Http.Answer answer = gateway.partner()
                            .send(
                                    "POST",
                                    "/braze/coupon_reservation",
                                    "{\"deploymentUrl\":\"moved.example\",\"couponValue\":\"A\",\"integrationId\":\"a\"}",
                                    "Authorization",
                                    "ApiKey-v1 key-" + code,
                                    "Content-Type",
                                    "application/json");
                    assertEquals(502, answer.status(), code + ": " + answer.text());
                }
                deployment.removeContext("/v1/integration/campaigns");
                Http.Answer unproven = gateway.partner()
                        .send(
                                "POST",
                                "/braze/coupon_reservation",
                                "{\"deploymentUrl\":\"moved.example\",\"couponValue\":\"A\",\"integrationId\":\"a\"}",
                                "Authorization",
                                "ApiKey-v1 key-unproven",
                                "Content-Type",
                                "application/json");
                assertEquals(503, unproven.status(), "nor is a key proven elsewhere: " + unproven.text());
                assertEquals(0, forbidden.reached.get());
            }
        } finally {
            deployment.stop(0);
        }
    }

    @Test
    void noCallbackGoesToAnAddressThatIsNotConfigured() throws IOException {
        try (Forbidden forbidden = new Forbidden();
                GatewayUnderTest gateway = GatewayUnderTest.start(Map.of("gateway.deadline", "30000"));
                Wire wire = new Wire(gateway.partner().port())) {
            int place = 0;
            for (Good good : GoodCalls.all()) {
                if (!good.operation().path().contains("customer_sessions")) {
                    continue;
                }
                for (String host : share(hosts(forbidden.port()), place++)) {
                    List<Pair> headers = new ArrayList<>(good.headers());
                    headers.removeIf(header -> CALLBACK.contains(header.name()));
                    headers.add(new Pair(CALLBACK.get(0), onOneLine(host)));
                    byte[] body = good.bodyBytes();
                    String head = GoodCalls.head(
                            good.operation().method(),
                            GoodCalls.target(good.path(), good.query()),
                            headers,
                            body.length);
                    Http.Answer answer = wire.send(head, body);
                    assertNotNull(answer, host);
                    while (answer.status() == 429) {
                        Await.moment();
                        answer = wire.send(head, body);
                        assertNotNull(answer, host);
                    }
                    boolean absent = List.of("null", "undefined").contains(host);
                    assertEquals(absent ? 200 : 400, answer.status(), host + ": " + answer.text());
                }
                assertEquals(0, forbidden.reached.get());
            }
        }
    }
}
