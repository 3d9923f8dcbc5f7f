package dev.partnergateway.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The operator's settings: {@code application.properties}, over it environment variables (upper case, {@code .} and
 * {@code -} become {@code _}), over those {@code -D} properties. All are checked at once, before anything starts.
 */
public final class Settings {

    private static final String PREFIX = "gateway.";
    private static final String VARIABLE_PREFIX = "GATEWAY_";
    private static final Pattern SERVICE = Pattern.compile(
            ".*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_PROTO|_PORT|_ADDR)?)");
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");
    private static final String QUEUE = "gateway.queue.";
    private static final String DEPLOYMENTS = "gateway.deployments.";
    private static final String SYNTHETIC = "gateway.synthetic.";

    /** The deployment that stands for the sandbox inside this process. */
    public static final String SANDBOX_NAME = "sandbox";

    private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "::1", "localhost");
    private static final Pattern TOKEN = Pattern.compile("[!-~]{16,}");

    private final SortedMap<String, String> values;
    private final Properties camel;
    private final Optional<Secret> operatorToken;

    private Settings(SortedMap<String, String> values, Properties camel) {
        this.values = values;
        this.camel = camel;
        this.operatorToken = checkedOperatorToken();
    }

    /**
     * Reads and checks all settings.
     *
     * @param file the properties file; may be absent
     * @param environment the process's environment variables
     * @param system the process's {@code -D} properties
     * @throws SettingsException naming every wrong or unknown setting, or those that do not fit together
     */
    public static Settings load(Path file, Map<String, String> environment, Properties system) {
        Properties written = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                written.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new SettingsException("The settings file " + file + " cannot be read: " + e.getMessage());
            }
        }
        SortedMap<String, String> values = new TreeMap<>();
        Properties camel = new Properties();
        for (String name : written.stringPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                values.put(name, written.getProperty(name).strip());
            } else {
                camel.setProperty(name, written.getProperty(name));
            }
        }
        List<String> problems = new ArrayList<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith(VARIABLE_PREFIX) && !isServiceLink(variable, value)) {
                nameOf(variable, values)
                        .ifPresentOrElse(
                                name -> values.put(name, value.strip()),
                                () -> problems.add(
                                        "The environment variable " + variable
                                                + " names no setting of the gateway: see application.properties for all of them."));
            }
        });
        for (String name : system.stringPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                values.put(name, system.getProperty(name).strip());
            }
        }
        values.forEach((name, value) -> check(name, value, problems));
        if (!problems.isEmpty()) {
            throw new SettingsException(String.join(System.lineSeparator(), problems));
        }
        Settings settings = new Settings(values, camel);
        checkPorts(settings);
        return settings;
    }

    /**
     * Kubernetes tells every pod of the Services of its namespace in variables; those of one that is called gateway, or
     * gateway- and more, look like settings. Camel K has no switch that turns them off.
     */
    private static boolean isServiceLink(String variable, String value) {
        return SERVICE.matcher(variable).matches()
                || variable.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches();
    }

    private Optional<Secret> checkedOperatorToken() {
        Optional<Secret> token = secret(Key.OPERATOR_TOKEN);
        if (token.isPresent() && !isToken(token.get().value())) {
            throw new SettingsException("gateway.operator-token must be at least 16 visible ASCII characters.");
        }
        if (token.isEmpty() && !THIS_MACHINE.contains(operatorHost())) {
            throw new SettingsException("gateway.operator-host " + operatorHost()
                    + " is reached by other machines: set gateway.operator-token, too, or take it away.");
        }
        return token;
    }

    /** Servers of one process would share a port and answer in turn. */
    private static void checkPorts(Settings settings) {
        Map<String, String> taken = new LinkedHashMap<>();
        for (Key[] place : new Key[][] {
            {Key.HOST, Key.PORT}, {Key.MANAGEMENT_HOST, Key.MANAGEMENT_PORT}, {Key.OPERATOR_HOST, Key.OPERATOR_PORT}
        }) {
            String port = settings.text(place[1]);
            String other = taken.putIfAbsent(settings.text(place[0]) + ' ' + port, place[1].pattern());
            if (other != null && !port.equals("0")) {
                throw new SettingsException(
                        place[1].pattern() + " and " + other + " are both " + port + ": give each its own.");
            }
        }
    }

    private static void check(String name, String value, List<String> problems) {
        Optional<Key> key =
                Arrays.stream(Key.values()).filter(known -> known.names(name)).findFirst();
        if (key.isEmpty()) {
            problems.add(name + " is not a setting of the gateway: see application.properties for all of them.");
        } else if (!key.get().kind().accepts(value)) {
            problems.add(name + " must be " + key.get().kind().expected() + ".");
        }
    }

    private static Optional<String> nameOf(String variable, SortedMap<String, String> values) {
        for (Key key : Key.values()) {
            Matcher matcher = key.variable().matcher(variable);
            if (matcher.matches()) {
                String[] parts = new String[matcher.groupCount()];
                for (int i = 0; i < parts.length; i++) {
                    parts[i] = matcher.group(i + 1).toLowerCase(Locale.ROOT).replace('_', '-');
                }
                return Optional.of(key.with(parts));
            }
        }
        return Optional.empty();
    }

    private String text(Key key, String... parts) {
        String value = values.get(key.with(parts));
        return value == null || value.isEmpty() ? key.fallback() : value;
    }

    private int number(Key key, String... parts) {
        return Integer.parseInt(text(key, parts));
    }

    private boolean flag(Key key, boolean fallback, String... parts) {
        String value = text(key, parts);
        return value == null || value.isEmpty() ? fallback : Boolean.parseBoolean(value);
    }

    private Optional<Secret> secret(Key key, String... parts) {
        String value = text(key, parts);
        return value == null || value.isEmpty() ? Optional.empty() : Optional.of(Secret.of(key.with(parts), value));
    }

    /** Everything in the file that is not the gateway's own, such as {@code camel.*}; handed to Camel as it is. */
    public Properties camel() {
        return camel;
    }

    /** Address the partner port binds to. */
    public String host() {
        return text(Key.HOST);
    }

    /** Partner port; 0 = any free one. */
    public int port() {
        return number(Key.PORT);
    }

    /** Address the management port binds to. */
    public String managementHost() {
        return text(Key.MANAGEMENT_HOST);
    }

    /** Port of health and metrics; 0 = any free one. */
    public int managementPort() {
        return number(Key.MANAGEMENT_PORT);
    }

    /** Address the operator's port binds to. */
    public String operatorHost() {
        return text(Key.OPERATOR_HOST);
    }

    /** Port of what an operator sees and decides; 0 = any free one. */
    public int operatorPort() {
        return number(Key.OPERATOR_PORT);
    }

    /**
     * What every request on the operator's port has to show, if anything. Whoever compares it looks at {@link #isToken}
     * again: its file may have changed.
     */
    public Optional<Secret> operatorToken() {
        return operatorToken;
    }

    /** Whether a text is long enough for a token, and can stand in a header. */
    public static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** Largest request body, in bytes. */
    public int bodyLimit() {
        return number(Key.BODY_LIMIT);
    }

    /** Most bytes of request bodies kept at once. */
    public long bodiesLimit() {
        String text = text(Key.BODIES_LIMIT);
        return text.isEmpty() ? Runtime.getRuntime().maxMemory() / 4 : Long.parseLong(text);
    }

    /** Largest sum of request headers, in bytes. */
    public int headerLimit() {
        return number(Key.HEADER_LIMIT);
    }

    /** Longest time for the headers of a call to arrive, and for its body. */
    public Duration receiveTimeout() {
        return Duration.ofMillis(number(Key.RECEIVE_TIMEOUT));
    }

    /** How long a connection of a partner may be idle. */
    public Duration idleTimeout() {
        return Duration.ofMillis(number(Key.IDLE_TIMEOUT));
    }

    /** Most connections of partners at once. */
    public int connectionLimit() {
        return number(Key.CONNECTION_LIMIT);
    }

    /** Trusted proxies between partners and the partner port. */
    public int proxies() {
        return number(Key.PROXIES);
    }

    /** Most calls worked on at once. */
    public int runningLimit() {
        return number(Key.RUNNING_LIMIT);
    }

    /** Most calls worked on at once for one deployment. */
    public int deploymentLimit() {
        return number(Key.DEPLOYMENT_LIMIT);
    }

    /** Threads for calls on a JDK without virtual threads. */
    public int threads() {
        return number(Key.THREADS);
    }

    /** Whether every call of a partner is logged in one line. */
    public boolean accessLog() {
        return flag(Key.ACCESS_LOG, true);
    }

    /** How lines of the log look: {@code text} or {@code json}. */
    public String logFormat() {
        return text(Key.LOG_FORMAT);
    }

    /** Pause at shutdown between not being ready any more and taking no more calls. */
    public Duration drainDelay() {
        return Duration.ofMillis(number(Key.DRAIN_DELAY));
    }

    /** Longest wait for running calls at shutdown. */
    public Duration drain() {
        return Duration.ofMillis(number(Key.DRAIN));
    }

    /**
     * Whether somebody works on integrations here: edited files are loaded while the gateway runs, and the log shows what a
     * step got that failed.
     */
    public boolean reload() {
        return flag(Key.RELOAD, sandbox());
    }

    /**
     * Time within which a call of an integration is answered.
     *
     * @param integration the first segment of its path, with {@code -} for {@code _}
     */
    public Duration deadline(String integration) {
        String own = values.get(Key.DEADLINE.with(integration));
        return Duration.ofMillis(own == null ? number(Key.DEADLINE_DEFAULT) : Integer.parseInt(own));
    }

    /** How long Talon.One may take to list what it has created. */
    public Duration settleTime() {
        return Duration.ofMillis(number(Key.SETTLE_TIME));
    }

    /** Pause between two looks at what a crash or a silent Talon.One left unfinished. */
    public Duration sweepInterval() {
        return Duration.ofMillis(number(Key.SWEEP_INTERVAL));
    }

    /** Longest wait for a connection to a deployment. */
    public Duration connectTimeout() {
        return Duration.ofMillis(number(Key.CONNECT_TIMEOUT));
    }

    /** Most connections to one deployment. */
    public int connections() {
        return number(Key.CONNECTIONS);
    }

    /** Most calls waiting for one profile or session. */
    public int sequenceLimit() {
        return number(Key.SEQUENCE_LIMIT);
    }

    /** How long a failing deployment is left alone. */
    public Duration breakerPause() {
        return Duration.ofMillis(number(Key.BREAKER_PAUSE));
    }

    /** JDBC address of the store. */
    public String storeUrl() {
        return text(Key.STORE_URL);
    }

    /** User of the store; may be empty. */
    public String storeUser() {
        return text(Key.STORE_USER);
    }

    /** Password of the store, if one is needed. */
    public Optional<Secret> storePassword() {
        return secret(Key.STORE_PASSWORD);
    }

    /** Keys that stored bodies are encrypted with, if any. */
    public Optional<Secret> storeEncryptionKeys() {
        return secret(Key.STORE_ENCRYPTION_KEYS);
    }

    /** What a commit of the embedded store waits for: {@code full} or {@code normal}. */
    public String storeSync() {
        return text(Key.STORE_SYNC);
    }

    /** Most connections to PostgreSQL. */
    public int storeConnections() {
        return number(Key.STORE_CONNECTIONS);
    }

    /**
     * How Kafka is used; empty when no brokers are set.
     *
     * @throws SettingsException when something is to be published and no brokers are set
     */
    public Optional<KafkaSettings> kafka() {
        String brokers = text(Key.KAFKA_BROKERS);
        if (brokers.isEmpty() && !text(Key.KAFKA_EVENTS_TOPIC).isEmpty()) {
            throw new SettingsException(
                    "gateway.kafka.events-topic needs gateway.kafka.brokers: name the brokers, or take it away.");
        }
        return brokers.isEmpty()
                ? Optional.empty()
                : Optional.of(new KafkaSettings(
                        brokers,
                        text(Key.KAFKA_QUEUE_TOPIC),
                        text(Key.KAFKA_EVENTS_TOPIC),
                        text(Key.KAFKA_GROUP),
                        number(Key.KAFKA_AT_ONCE),
                        number(Key.KAFKA_ATTEMPTS),
                        Duration.ofMillis(number(Key.KAFKA_PAUSE)),
                        Duration.ofMillis(number(Key.KAFKA_KEY_PATIENCE))));
    }

    /**
     * Operations whose calls are queued, or were.
     *
     * @return the operation's id as far as the setting could name it (environment variables know no case, and only
     *     {@code -} between words), and whether its calls are queued now
     */
    public Map<String, Boolean> queued() {
        Map<String, Boolean> queued = new TreeMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(QUEUE) && !value.isEmpty()) {
                queued.put(name.substring(QUEUE.length()), value.equals("kafka"));
            }
        });
        return queued;
    }

    /**
     * What is kept of calls for the operator.
     *
     * @throws SettingsException when something that it needs is not set
     */
    public CallsSettings calls() {
        boolean sealed = text(Key.CALLS_CONTENT).equals("sealed");
        if (sealed && (storeEncryptionKeys().isEmpty() || operatorToken.isEmpty())) {
            throw new SettingsException(Key.CALLS_CONTENT.pattern() + "=sealed needs "
                    + Key.STORE_ENCRYPTION_KEYS.pattern() + " and " + Key.OPERATOR_TOKEN.pattern()
                    + ": what callers send is personal data.");
        }
        return new CallsSettings(
                number(Key.CALLS_MEMORY),
                number(Key.CALLS_DAYS),
                number(Key.CALLS_ROWS),
                Duration.ofMillis(number(Key.CALLS_SLOW)),
                sealed,
                sandbox() ? SANDBOX_NAME : "");
    }

    /** Files of calls that are made now and then, by the name of the deployment that they are for. */
    public Map<String, Path> syntheticCalls() {
        Map<String, Path> files = new TreeMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(SYNTHETIC) && !value.isEmpty()) {
                files.put(name.substring(SYNTHETIC.length()), Path.of(value));
            }
        });
        return files;
    }

    /** Pause between two synthetic calls. */
    public Duration syntheticInterval() {
        return Duration.ofMillis(number(Key.SYNTHETIC_INTERVAL));
    }

    /** Whether the partner port shows the contracts to read and to try. */
    public boolean docs() {
        return flag(Key.DOCS, sandbox());
    }

    /** Whether the sandbox runs inside this process. */
    public boolean sandbox() {
        return flag(Key.SANDBOX, false);
    }

    /** Port of the sandbox; 0 = any free one. */
    public int sandboxPort() {
        return number(Key.SANDBOX_PORT);
    }

    /** Calls a second that the gateway makes to one Management endpoint of the sandbox. */
    public int sandboxManagementRate() {
        return number(Key.SANDBOX_MANAGEMENT_RATE);
    }

    /** Names of the configured deployments. */
    public SortedSet<String> deployments() {
        SortedSet<String> names = new TreeSet<>();
        for (String name : values.tailMap(DEPLOYMENTS).keySet()) {
            if (!name.startsWith(DEPLOYMENTS)) {
                break;
            }
            names.add(name.substring(DEPLOYMENTS.length(), name.indexOf('.', DEPLOYMENTS.length())));
        }
        return names;
    }

    /**
     * Settings of one deployment.
     *
     * @param name one of {@link #deployments()}
     * @throws SettingsException when it has no host, or a secret file cannot be read
     */
    public DeploymentSettings deployment(String name) {
        String host = text(Key.DEPLOYMENT_HOST, name);
        if (host == null) {
            throw new SettingsException(
                    Key.DEPLOYMENT_HOST.with(name) + " is missing: give the host name that partners send.");
        }
        String prefix = Key.DEPLOYMENT_KEYS.with(name, "");
        Map<String, String> keys = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                keys.put(key.substring(prefix.length()), value);
            }
        });
        String rate = text(Key.DEPLOYMENT_MANAGEMENT_RATE, name);
        return new DeploymentSettings(
                name,
                list(host),
                Optional.ofNullable(text(Key.DEPLOYMENT_BASE_URL, name)),
                secret(Key.DEPLOYMENT_MANAGEMENT_KEY, name),
                keys,
                flag(Key.DEPLOYMENT_CREATE_ATTRIBUTES, false, name),
                list(Optional.ofNullable(text(Key.DEPLOYMENT_CALLBACK_HOSTS, name))
                        .orElse("")),
                rate == null ? DeploymentSettings.DEFAULT_MANAGEMENT_RATE : Integer.parseInt(rate),
                flag(Key.DEPLOYMENT_BATCHING, true, name));
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    @Override
    public String toString() {
        return "settings " + values.keySet();
    }
}
