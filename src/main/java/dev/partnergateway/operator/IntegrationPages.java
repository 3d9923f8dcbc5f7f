package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.check.Edits;
import dev.partnergateway.check.Mistake;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Request;
import dev.partnergateway.operator.OperatorPort.House;
import dev.partnergateway.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * {@code /integrations}: what is served.
 *
 * <pre>
 * GET /integrations                   each with its files, operations, limits and deadline
 * GET /integrations/{name}/contract   its OpenAPI file
 * </pre>
 */
final class IntegrationPages {

    private static final int SHOWN_DIGITS = 12;

    private final Settings settings;
    private final Supplier<Collection<Operation>> operations;
    private final Edits edits;

    IntegrationPages(House house) {
        this.settings = house.settings();
        this.operations = house.operations();
        this.edits = house.edits();
    }

    Answer answer(Request request) throws IOException {
        List<String> segments = request.segments();
        Map<String, List<Operation>> served = served();
        if (segments.size() == 1) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            for (Map.Entry<String, List<Operation>> integration : served.entrySet()) {
                list.add(shown(integration.getKey(), integration.getValue()));
            }
            return Answer.json(200, list);
        }
        if (segments.size() == 3 && segments.get(2).equals("contract") && served.containsKey(segments.get(1))) {
            return Answer.json(200, Contract.document(contract(segments.get(1))));
        }
        return Answer.refusal(404, "There is no such page: GET /api/integrations lists integrations");
    }

    private Map<String, List<Operation>> served() {
        Map<String, List<Operation>> served = new TreeMap<>();
        operations.get().stream()
                .sorted(Comparator.comparing(Operation::path))
                .forEach(operation -> served.computeIfAbsent(
                                operation.path().split("/")[1].replace('_', '-'), name -> new java.util.ArrayList<>())
                        .add(operation));
        return served;
    }

    private static Path contract(String integration) {
        return Path.of("openapi", integration + ".yaml");
    }

    private ObjectNode shown(String name, List<Operation> itsOperations) {
        ObjectNode shown = JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("deadline", settings.deadline(name).toMillis())
                .put("rateLimit", itsOperations.get(0).rateLimit())
                .put("platform", itsOperations.get(0).platform());
        for (Edits.Refused edit : edits.refused()) {
            if (edit.integration().equals(name)) {
                ObjectNode reload = shown.putObject("reload");
                reload.put("at", edit.at().toString()).put("message", message(edit));
            }
        }
        ArrayNode files = shown.putArray("files");
        files.add(file(Path.of("routes", name + ".camel.yaml")));
        files.add(file(contract(name)));
        ArrayNode list = shown.putArray("operations");
        for (Operation operation : itsOperations) {
            list.addObject()
                    .put("id", operation.id())
                    .put("method", operation.method())
                    .put("path", operation.path())
                    .put("key", operation.authentication().name())
                    .put("queueable", operation.queueable());
        }
        return shown;
    }

    private static String message(Edits.Refused edit) {
        return edit.mistakes().stream().map(Mistake::toString).collect(Collectors.joining("; "));
    }

    /** By its content: the same file has the same version on every machine. */
    private static ObjectNode file(Path path) {
        ObjectNode file = JsonNodeFactory.instance.objectNode().put("path", path.toString());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
            return file.put("version", HexFormat.of().formatHex(digest).substring(0, SHOWN_DIGITS))
                    .put("changed", Files.getLastModifiedTime(path).toInstant().toString());
        } catch (IOException e) {
            return file.put("problem", "it cannot be read");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
