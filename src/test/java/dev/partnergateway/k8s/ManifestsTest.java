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
import java.nio.file.StandardCopyOption;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        JsonNode pod = pod(all);
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
        assertFalse(pod.path("enableServiceLinks").asBoolean(true), "a Service called gateway is no setting");
        Settings settings = settings(all);
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
        assertEquals(1, settings.proxies(), "an Ingress stands in front");
        assertEquals(overlay.equals("embedded"), settings.storeUrl().startsWith("jdbc:sqlite:"));
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

    @ParameterizedTest
    @ValueSource(strings = {"embedded openshift", "kafka openshift ingress", "postgres fixed-ids ingress"})
    void componentsAreAddedToAnOverlay(String arguments) throws Exception {
        List<JsonNode> all = documents(render(arguments.split(" ")));
        for (JsonNode document : all) {
            assertEquals(Set.of(), unknown(document));
        }
        JsonNode ids = pod(all).path("securityContext");
        for (String id : List.of("runAsUser", "runAsGroup", "fsGroup")) {
            assertEquals(arguments.contains("openshift"), ids.path(id).isMissingNode(), id);
        }
        JsonNode policy = one(all, "NetworkPolicy").path("spec");
        assertEquals(
                arguments.contains("openshift"),
                policy.path("egress").toString().contains("openshift-dns"),
                "names of OpenShift are asked for at 5353");
        boolean ingress = arguments.contains("ingress");
        assertEquals(ingress, policy.path("ingress").get(0).has("from"), "the Ingress controller alone");
        if (ingress) {
            JsonNode spec = one(all, "Ingress").path("spec");
            JsonNode backend = spec.at("/rules/0/http/paths/0/backend/service");
            assertEquals(
                    spec.at("/rules/0/host"),
                    spec.at("/tls/0/hosts/0"),
                    "what is served is what the certificate is for");
            assertFalse(spec.at("/tls/0/secretName").asText().isEmpty());
            JsonNode service = all.stream()
                    .filter(document -> document.path("kind").asText().equals("Service"))
                    .filter(document -> document.at("/metadata/name").equals(backend.path("name")))
                    .findFirst()
                    .orElseThrow();
            assertEquals(service.at("/spec/ports/0/name"), backend.at("/port/name"));
        }
    }

    @Test
    void anOverlayAsTheReadmeShowsItIsRendered() throws Exception {
        Path copy = Files.createTempDirectory("mine");
        Map<String, String> mine = new HashMap<>();
        Matcher shown = Pattern.compile("```yaml\n# k8s/overlays/mine/(\\S+)\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("k8s/README.md")));
        while (shown.find()) {
            mine.put(shown.group(1), shown.group(2));
        }
        assertEquals(Set.of("kustomization.yaml", "network-policy.yaml"), mine.keySet());
        for (String source : List.of("k8s", "routes", "openapi", "application.properties")) {
            copy(Path.of(source), copy);
        }
        for (Map.Entry<String, String> file : mine.entrySet()) {
            Path target = copy.resolve("k8s/overlays/mine").resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
        }
        List<JsonNode> all = documents(render(copy, "mine"));
        for (JsonNode document : all) {
            assertEquals(Set.of(), unknown(document));
        }
        String image = pod(all).at("/containers/0/image").asText();
        assertTrue(image.startsWith("registry.example/partner-gateway@sha256:"), image);
        JsonNode egress = one(all, "NetworkPolicy").at("/spec/egress");
        assertEquals(List.of("53", "443", "5432", "5432", "4318"), texts(egress, "/ports/0/port"));
        assertEquals(List.of("10.20.30.0/28"), texts(egress.get(3).path("to"), "/ipBlock/cidr"));
    }

    @Test
    void namesCanBeAskedForWithAndWithoutACacheOnTheNode() throws IOException {
        JsonNode names = documents(Files.readString(Path.of("k8s/base/network-policy.yaml")))
                .get(0)
                .at("/spec/egress/0");
        assertEquals(List.of("UDP", "TCP"), texts(names.path("ports"), "/protocol"));
        assertEquals(
                "kube-system",
                names.at("/to/0/namespaceSelector/matchLabels/kubernetes.io~1metadata.name")
                        .asText());
        assertEquals("169.254.20.10/32", names.at("/to/1/ipBlock/cidr").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "kafka"})
    void allPodsTogetherStayBelowTheConnectionsThatPostgresqlAllowsByDefault(String overlay) throws Exception {
        List<JsonNode> all = documents(render(overlay));
        int pods = one(all, "HorizontalPodAutoscaler").at("/spec/maxReplicas").asInt();
        int connections = settings(all).storeConnections();
        int allowed = 100 - 3;
        // While all of them are replaced, each one's successor has its connections already.
        assertTrue(2 * pods * connections <= allowed, pods + " pods, " + connections + " connections each");
    }

    @Test
    void theOperatorsPortIsReachedFromInsideThePodOnly() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("k8s"))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(name -> name.toString().endsWith(".yaml"))
                    .toList()) {
                String text = Files.readString(file);
                assertFalse(text.contains("9877") || text.contains("GATEWAY_OPERATOR"), file.toString());
            }
        }
        assertFalse(Files.readString(Path.of("Dockerfile")).contains("9877"));
    }

    @Test
    void idsAreWrittenDownInOneComponentAndTheImageServesAnyUserOfGroup0() throws IOException {
        Set<String> files = new TreeSet<>();
        try (Stream<Path> all = Files.walk(Path.of("k8s"))) {
            for (Path file :
                    all.filter(name -> name.toString().endsWith(".yaml")).toList()) {
                if (Pattern.compile("(runAsUser|runAsGroup|fsGroup): \\d")
                        .matcher(Files.readString(file))
                        .find()) {
                    files.add(file.toString());
                }
            }
        }
        assertEquals(Set.of("k8s/components/fixed-ids/kustomization.yaml"), files);
        String dockerfile = Files.readString(Path.of("Dockerfile"));
        assertTrue(dockerfile.contains("\nUSER 10001:0\n"), dockerfile);
        assertTrue(dockerfile.contains("chown 10001:0 data && chmod g=u data"), dockerfile);
        assertTrue(Files.readString(Path.of("pom.xml")).contains("<user>10001:0</user>"));
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
        List<String> environment = texts(integration.at("/spec/traits/environment/vars"), "");
        for (JsonNode entry : documents(Files.readString(Path.of("k8s/overlays/postgres/deployment.yaml")))
                .get(0)
                .at("/spec/template/spec/containers/0/env")) {
            assertTrue(
                    environment.contains(entry.path("name").asText() + "="
                            + entry.path("value").asText()),
                    environment + " lacks " + entry);
        }
        assertTrue(environment.contains("GATEWAY_PROXIES=1"), environment.toString());
        assertFalse(
                schema.toString().contains("enableServiceLinks"),
                "an Integration can switch service links off now: do so, and take it out of k8s/camel-k/README.md");
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

    private static JsonNode pod(List<JsonNode> all) {
        return one(all, "Deployment").path("spec").path("template").path("spec");
    }

    private static Settings settings(List<JsonNode> all) {
        Map<String, String> environment = new HashMap<>();
        pod(all).at("/containers/0/env")
                .forEach(entry -> environment.put(
                        entry.path("name").asText(), entry.path("value").asText()));
        return Settings.load(Path.of("application.properties"), environment, new Properties());
    }

    private static List<String> texts(JsonNode items, String pointer) {
        List<String> texts = new ArrayList<>();
        items.forEach(item -> texts.add(item.at(pointer).asText()));
        return texts;
    }

    private static void copy(Path source, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = folder.resolve(file);
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static String render(String... arguments) throws Exception {
        return render(Path.of(""), arguments);
    }

    private static String render(Path root, String... arguments) throws Exception {
        boolean there = false;
        for (List<String> probe :
                List.of(List.of("kustomize", "version"), List.of("kubectl", "kustomize", "k8s/base"))) {
            there = there || run(probe).status() == 0;
        }
        Assumptions.assumeTrue(there, "neither kustomize nor kubectl (1.27 or newer) is on this machine: not rendered");
        List<String> command =
                new ArrayList<>(List.of(root.resolve("k8s/render").toString()));
        command.addAll(List.of(arguments));
        Output output = run(command);
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
