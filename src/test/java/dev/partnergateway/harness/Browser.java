package dev.partnergateway.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real browser, the Chromium that is on the PATH, spoken to over its own DevTools protocol. Everything that it complains
 * about is remembered: failures of scripts, what the page's policy forbids, what could not be loaded.
 */
public final class Browser implements AutoCloseable {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 30;

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final String session;

    private Browser(Process process, String address) {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address), new Heard())
                .join();
        String target = tell("Target.createTarget", JSON.createObjectNode().put("url", "about:blank"), null)
                .path("targetId")
                .asText();
        this.session = tell(
                        "Target.attachToTarget",
                        JSON.createObjectNode().put("targetId", target).put("flatten", true),
                        null)
                .path("sessionId")
                .asText();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            tell(domain + ".enable", JSON.createObjectNode());
        }
    }

    /** Where a Chromium is; empty = there is none on the PATH. */
    public static Optional<Path> onThePath() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts one, without a window. */
    public static Browser start() {
        try {
            Process process = new ProcessBuilder(
                            onThePath().orElseThrow().toString(),
                            "--headless=new",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--hide-scrollbars",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + Files.createTempDirectory("browser"),
                            "about:blank")
                    .redirectErrorStream(true)
                    .start();
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                var listening = LISTENING.matcher(line);
                if (listening.find()) {
                    Thread drain = new Thread(() -> output.lines().forEach(said -> {}), "browser output");
                    drain.setDaemon(true);
                    drain.start();
                    return new Browser(process, listening.group(1));
                }
            }
            throw new AssertionError("the browser did not start");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Heard implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                hear(text.toString());
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }

    private void hear(String message) {
        JsonNode heard;
        try {
            heard = JSON.readTree(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CompletableFuture<JsonNode> answer = asked.remove(heard.path("id").asInt(-1));
        if (answer != null) {
            answer.complete(heard);
            return;
        }
        JsonNode parameters = heard.path("params");
        switch (heard.path("method").asText()) {
            case "Runtime.exceptionThrown" ->
                complaints.add(parameters.path("exceptionDetails").toString());
            case "Log.entryAdded" -> {
                // That something is not there, or has to be asked for otherwise, is an answer.
                JsonNode entry = parameters.path("entry");
                boolean told = entry.path("text").asText().matches(".*responded with a status of 4.*");
                if (entry.path("level").asText().equals("error") && !told) {
                    complaints.add(entry.path("text").asText());
                }
            }
            case "Network.requestWillBeSent" ->
                requests.add(parameters.path("request").path("url").asText());
            default -> {}
        }
    }

    private JsonNode tell(String method, ObjectNode parameters) {
        return tell(method, parameters, session);
    }

    private synchronized JsonNode tell(String method, ObjectNode parameters, String of) {
        int id = next.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", parameters);
        if (of != null) {
            message.put("sessionId", of);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        socket.sendText(message.toString(), true).join();
        JsonNode told = answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        if (told.has("error")) {
            throw new AssertionError(method + ": " + told.path("error"));
        }
        return told.path("result");
    }

    /** Goes to an address, and waits until something is so there. */
    public void open(String address, String until) {
        tell("Page.navigate", JSON.createObjectNode().put("url", address));
        await(until);
    }

    /** Waits until an expression is true in the page. */
    public void await(String expression) {
        Await.until(
                () -> expression + " is not so in " + evaluate("document.body ? document.body.innerText : ''")
                        + complaints,
                () -> evaluate("Boolean(" + expression + ")").asBoolean());
    }

    /** The value of an expression in the page; of a promise, what it comes to. */
    public JsonNode evaluate(String expression) {
        JsonNode told = tell(
                "Runtime.evaluate",
                JSON.createObjectNode()
                        .put("expression", expression)
                        .put("awaitPromise", true)
                        .put("returnByValue", true));
        if (told.has("exceptionDetails")) {
            // While a page is being left there is nothing to ask.
            return JSON.missingNode();
        }
        return told.path("result").path("value");
    }

    /** Presses a key, such as Tab or Enter. */
    public void press(String key) {
        int code = key.equals("Tab") ? 9 : 13;
        ObjectNode down = JSON.createObjectNode()
                .put("type", "keyDown")
                .put("key", key)
                .put("code", key)
                .put("windowsVirtualKeyCode", code);
        if (key.equals("Enter")) {
            down.put("text", "\r");
        }
        tell("Input.dispatchKeyEvent", down);
        tell("Input.dispatchKeyEvent", down.deepCopy().put("type", "keyUp").without("text"));
    }

    /** Writes a text where the focus is. */
    public void type(String text) {
        tell("Input.insertText", JSON.createObjectNode().put("text", text));
    }

    /** A screen of a width, light or dark, and a reader's time zone. */
    public void screen(int width, boolean dark, String zone) {
        tell(
                "Emulation.setDeviceMetricsOverride",
                JSON.createObjectNode()
                        .put("width", width)
                        .put("height", 900)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", width < 600));
        ObjectNode media = JSON.createObjectNode();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", dark ? "dark" : "light");
        tell("Emulation.setEmulatedMedia", media);
        tell("Emulation.setTimezoneOverride", JSON.createObjectNode().put("timezoneId", zone));
    }

    /** A picture of the whole page. */
    public void picture(Path file) {
        JsonNode shot = tell(
                "Page.captureScreenshot",
                JSON.createObjectNode().put("format", "png").put("captureBeyondViewport", true));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode(shot.path("data").asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has complained about so far. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Forgets complaints and requests. */
    public void forget() {
        complaints.clear();
        requests.clear();
    }

    /** Addresses that were asked for so far. */
    public List<String> requests() {
        return new ArrayList<>(requests);
    }

    @Override
    public void close() {
        socket.abort();
        process.destroyForcibly();
    }
}
