package dev.partnergateway.k8s;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.partnergateway.settings.Settings;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in k8s/ is what Kubernetes, the Prometheus operator and Camel K understand, to the last field. */
class ManifestsTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final KubernetesSerialization KUBERNETES = new KubernetesSerialization();

    static Stream<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("k8s"))) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml") && !file.startsWith("k8s/camel-k"))
                    .filter(file -> {
                        try {
                            return !Files.readString(file).startsWith("- op:");
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyFieldOfAManifestIsKnown(Path file) throws IOException {
        for (JsonNode document : documents(Files.readString(file))) {
            assertEquals(Set.of(), unknown(document), file.toString());
        }
    }

    @Test
    void aFieldThatDoesNotExistIsNoticed() throws IOException {
        String text = Files.readString(Path.of("k8s/base/deployment.yaml"));
        JsonNode wrong = documents(text.replace("failureThreshold: 120", "failureTreshold: 120"))
                .get(0);
        assertEquals(Set.of("failureTreshold"), unknown(wrong));
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "postgres", "kafka"})
    void anOverlayIsRenderedWithTheRepositorysFilesAndSettingsThatTheGatewayKnows(String overlay) throws Exception {
        List<JsonNode> all = documents(render(overlay));
        for (JsonNode document : all) {
            assertEquals(Set.of(), unknown(document));
        }
        JsonNode pod = one(all, "Deployment").path("spec").path("template").path("spec");
        Map<String, JsonNode> configMaps = new HashMap<>();
        all.stream()
                .filter(document -> document.path("kind").asText().equals("ConfigMap"))
                .forEach(map -> configMaps.put(map.path("metadata").path("name").asText(), map));
        for (String folder : List.of("routes", "openapi")) {
            JsonNode map = configMaps.get(volume(pod, folder));
            assertEquals(names(Path.of(folder)), fields(map.path("data")), folder);
            assertTrue(map.toString().length() < 1_000_000, "a ConfigMap holds at most 1 MiB");
        }
        assertTrue(configMaps.get(volume(pod, "settings")).path("data").has("application.properties"));

        JsonNode container = pod.path("containers").get(0);
        Map<String, String> environment = new HashMap<>();
        container
                .path("env")
                .forEach(entry -> environment.put(
                        entry.path("name").asText(), entry.path("value").asText()));
        Settings settings = Settings.load(Path.of("application.properties"), environment, new Properties());
        long stopping = container
                        .path("lifecycle")
                        .path("preStop")
                        .path("sleep")
                        .path("seconds")
                        .asLong()
                + settings.drainDelay().toSeconds()
                + settings.drain().toSeconds();
        assertTrue(pod.path("terminationGracePeriodSeconds").asLong() > stopping, "grace outlives draining");
        assertTrue(settings.drain().compareTo(settings.deadline("any")) > 0, "draining outlives the longest deadline");
        assertEquals("0.0.0.0", settings.managementHost());
        assertEquals(overlay.equals("embedded"), settings.storeUrl().startsWith("jdbc:h2:"));
        assertEquals(overlay.equals("kafka"), settings.kafka().isPresent());
        assertEquals(
                overlay.equals("kafka") ? queueable() : Set.of(),
                settings.queued().keySet());
    }

    /** Operations that can be queued, as environment variables name them. */
    private static Set<String> queueable() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String file : names(Path.of("openapi"))) {
            for (JsonNode path :
                    YAML.readTree(Path.of("openapi", file).toFile()).path("paths")) {
                for (JsonNode operation : path) {
                    if (operation.has("x-queue")) {
                        names.add(operation
                                .path("operationId")
                                .asText()
                                .toLowerCase(Locale.ROOT)
                                .replace('/', '-'));
                    }
                }
            }
        }
        return names;
    }

    @Test
    void thePodHasNoRightsThatItDoesNotNeed() throws IOException {
        JsonNode pod = documents(Files.readString(Path.of("k8s/base/deployment.yaml")))
                .get(0)
                .path("spec")
                .path("template")
                .path("spec");
        JsonNode container = pod.path("containers").get(0).path("securityContext");
        assertTrue(pod.path("securityContext").path("runAsNonRoot").asBoolean());
        assertFalse(pod.path("automountServiceAccountToken").asBoolean(true));
        assertFalse(container.path("allowPrivilegeEscalation").asBoolean(true));
        assertTrue(container.path("readOnlyRootFilesystem").asBoolean());
        assertEquals("[\"ALL\"]", container.path("capabilities").path("drop").toString());
    }

    @Test
    void theCamelKIntegrationFitsItsDefinition() throws IOException {
        JsonNode definition;
        try (InputStream file = getClass().getResourceAsStream("/camel.apache.org_integrations.yaml")) {
            definition = YAML.readTree(file);
        }
        ObjectNode schema = (ObjectNode)
                definition.path("spec").path("versions").get(0).path("schema").path("openAPIV3Schema");
        close(schema, true);
        JsonNode integration =
                YAML.readTree(Path.of("k8s/camel-k/integration.yaml").toFile());
        Set<ValidationMessage> problems = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
                .getSchema(schema)
                .validate(integration);
        assertEquals(Set.of(), problems);
        ((ObjectNode) integration.path("spec").path("traits").path("container")).put("imagePul", "Always");
        assertEquals(
                1,
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
                        .getSchema(schema)
                        .validate(integration)
                        .size());
    }

    /** Kubernetes drops unknown fields silently: here they are a mistake. */
    private static void close(JsonNode schema, boolean root) {
        if (schema instanceof ObjectNode object) {
            if (object.has("properties")
                    && !root
                    && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                    && !object.has("additionalProperties")
                    && object.path("properties").isObject()) {
                object.put("additionalProperties", false);
            }
            object.forEach(child -> close(child, false));
            if (root) {
                ((ObjectNode) object.path("properties").path("metadata")).remove("additionalProperties");
            }
        } else {
            schema.forEach(child -> close(child, false));
        }
    }

    private static List<JsonNode> documents(String text) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        YAML.readerFor(JsonNode.class)
                .readValues(text)
                .forEachRemaining(document -> documents.add((JsonNode) document));
        return documents.stream().filter(JsonNode::isObject).toList();
    }

    /** Names of fields that Kubernetes' own model of the resource does not have. */
    private static Set<String> unknown(JsonNode document) {
        Object resource = KUBERNETES.unmarshal(document.toString());
        assertFalse(
                resource instanceof GenericKubernetesResource,
                document.path("kind") + " " + document.path("apiVersion") + " is not known");
        Set<String> unknown = new TreeSet<>();
        walk(resource, unknown);
        return unknown;
    }

    private static void walk(Object value, Set<String> unknown) {
        if (value instanceof Collection<?> many) {
            many.forEach(one -> walk(one, unknown));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(one -> walk(one, unknown));
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.")) {
            for (Method method : value.getClass().getMethods()) {
                if (method.getName().startsWith("get") && method.getParameterCount() == 0) {
                    try {
                        Object part = method.invoke(value);
                        if (method.getName().equals("getAdditionalProperties")) {
                            ((Map<?, ?>) part).keySet().forEach(name -> unknown.add(name.toString()));
                        } else if (part != value && !(part instanceof Class) && !(part instanceof Enum)) {
                            walk(part, unknown);
                        }
                    } catch (ReflectiveOperationException e) {
                        throw new IllegalStateException(method.toString(), e);
                    }
                }
            }
        }
    }

    private static String render(String overlay) throws Exception {
        boolean there = false;
        for (List<String> probe :
                List.of(List.of("kustomize", "version"), List.of("kubectl", "kustomize", "k8s/base"))) {
            there = there || run(probe).status() == 0;
        }
        Assumptions.assumeTrue(there, "neither kustomize nor kubectl (1.27 or newer) is on this machine: not rendered");
        Output output = run(List.of("k8s/render", overlay));
        assertEquals(0, output.status(), output.text());
        return output.text();
    }

    private record Output(int status, String text) {}

    private static Output run(List<String> command) throws Exception {
        Path out = Files.createTempFile("rendered", ".yaml");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), command.toString());
            return new Output(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
        } catch (IOException absent) {
            return new Output(127, absent.getMessage());
        }
    }

    private static JsonNode one(List<JsonNode> all, String kind) {
        return all.stream()
                .filter(document -> document.path("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static String volume(JsonNode pod, String name) {
        for (JsonNode volume : pod.path("volumes")) {
            if (volume.path("name").asText().equals(name)) {
                return volume.path("configMap").path("name").asText();
            }
        }
        throw new AssertionError("no volume " + name);
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .toList());
        }
    }

    private static Set<String> fields(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
