package dev.partnergateway.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What stood in the files of all integrations at one moment, by their names from the working directory. */
public final class IntegrationFiles {

    /** Kamelets that integrations share. By name: looking for their files would unpack every jar. */
    public static final List<String> SHARED = List.of(
            "change-audiences",
            "create-coupon",
            "create-referral",
            "loyalty-ledger",
            "track-event",
            "update-and-show-profile",
            "update-profile",
            "update-session");

    /** How their files end; they are in {@code core/} of the class path. */
    public static final String KAMELET = ".kamelet.yaml";

    private static final String ROUTES = "routes";
    private static final String CONTRACTS = "openapi";
    private static final String CORE = "core";
    private static final String ROUTE_FILE = ".camel.yaml";
    private static final String CONTRACT_FILE = ".yaml";

    private final Map<String, String> texts;

    private IntegrationFiles(Map<String, String> texts) {
        this.texts = Collections.unmodifiableMap(texts);
    }

    /**
     * Reads them.
     *
     * @param home the working directory
     * @throws UncheckedIOException when one cannot be read
     */
    public static IntegrationFiles read(Path home) {
        Map<String, String> texts = new TreeMap<>();
        read(home, ROUTES, ROUTE_FILE, texts);
        read(home, CONTRACTS, CONTRACT_FILE, texts);
        for (String name : SHARED) {
            String file = CORE + '/' + name + KAMELET;
            try (InputStream resource = IntegrationFiles.class.getResourceAsStream('/' + file)) {
                texts.put(file, new String(resource.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new IntegrationFiles(texts);
    }

    private static void read(Path home, String folder, String ending, Map<String, String> texts) {
        Path place = home.resolve(folder);
        if (!Files.isDirectory(place)) {
            return;
        }
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(ending) && !name.startsWith(".")) {
                    readOne(file, folder + '/' + name, texts);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readOne(Path file, String name, Map<String, String> texts) throws IOException {
        try {
            texts.put(name, Files.readString(file));
        } catch (NoSuchFileException gone) {
            // Deleted while it was looked for: it is not there.
        }
    }

    /** The same, but for one file. */
    public IntegrationFiles with(String file, String text) {
        Map<String, String> changed = new TreeMap<>(texts);
        changed.put(file, text);
        return new IntegrationFiles(changed);
    }

    /** The same, but for the two files of one integration, which are those of another moment. */
    public IntegrationFiles of(String integration, IntegrationFiles other) {
        Map<String, String> changed = new TreeMap<>(texts);
        for (String file : List.of(routes(integration), contract(integration))) {
            changed.remove(file);
            other.text(file).ifPresent(text -> changed.put(file, text));
        }
        return new IntegrationFiles(changed);
    }

    /** Whether the files of an integration are the same at another moment. */
    public boolean same(IntegrationFiles other, String integration) {
        return text(routes(integration)).equals(other.text(routes(integration)))
                && text(contract(integration)).equals(other.text(contract(integration)));
    }

    /** Whether the operations of Talon.One are the same at another moment. */
    public boolean sameUpstream(IntegrationFiles other) {
        return text(Upstream.FILE).equals(other.text(Upstream.FILE));
    }

    /** Whether a file is empty, as it is while an editor begins to write it. */
    public boolean isBeingWritten() {
        return texts.values().stream().anyMatch(String::isBlank);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IntegrationFiles files && texts.equals(files.texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    /** The route file of an integration. */
    public static String routes(String integration) {
        return ROUTES + '/' + integration + ROUTE_FILE;
    }

    /** The contract of an integration. */
    public static String contract(String integration) {
        return CONTRACTS + '/' + integration + CONTRACT_FILE;
    }

    /** What stands in a file, if it is there. */
    public Optional<String> text(String file) {
        return Optional.ofNullable(texts.get(file));
    }

    /** Integrations that have a route file. */
    public Set<String> integrations() {
        return names(ROUTES + '/', ROUTE_FILE);
    }

    /** Integrations that have a contract. */
    Set<String> contracts() {
        Set<String> names = names(CONTRACTS + '/', CONTRACT_FILE);
        names.remove("talon-one");
        return names;
    }

    private Set<String> names(String folder, String ending) {
        Set<String> names = new TreeSet<>();
        texts.keySet().stream()
                .filter(file -> file.startsWith(folder) && file.endsWith(ending))
                .forEach(file -> names.add(file.substring(folder.length(), file.length() - ending.length())));
        return names;
    }

    /** What integrations share, by file. */
    Map<String, String> core() {
        Map<String, String> core = new TreeMap<>(texts);
        core.keySet().removeIf(file -> !file.startsWith(CORE + '/'));
        return core;
    }
}
