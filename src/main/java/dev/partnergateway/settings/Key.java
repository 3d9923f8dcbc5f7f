package dev.partnergateway.settings;

import java.util.regex.Pattern;

/**
 * One setting the gateway knows. {@code *} in a name stands for a part that the operator chooses: a deployment's or an
 * integration's name, or the SHA-256 of a partner key.
 */
enum Key {
    HOST("gateway.host", "0.0.0.0", Kind.TEXT),
    PORT("gateway.port", "8080", Kind.PORT),
    MANAGEMENT_HOST("gateway.management-host", "127.0.0.1", Kind.TEXT),
    MANAGEMENT_PORT("gateway.management-port", "9876", Kind.PORT),
    OPERATOR_HOST("gateway.operator-host", "127.0.0.1", Kind.TEXT),
    OPERATOR_PORT("gateway.operator-port", "9877", Kind.PORT),
    OPERATOR_TOKEN("gateway.operator-token", "", Kind.SECRET),
    BODY_LIMIT("gateway.body-limit", "1048576", Kind.COUNT),
    BODIES_LIMIT("gateway.bodies-limit", "", Kind.COUNT),
    HEADER_LIMIT("gateway.header-limit", "16384", Kind.COUNT),
    RECEIVE_TIMEOUT("gateway.receive-timeout", "10000", Kind.MILLIS),
    IDLE_TIMEOUT("gateway.idle-timeout", "620000", Kind.MILLIS),
    CONNECTION_LIMIT("gateway.connection-limit", "10000", Kind.COUNT),
    PROXIES("gateway.proxies", "0", Kind.NUMBER),
    RUNNING_LIMIT("gateway.running-limit", "2000", Kind.COUNT),
    DEPLOYMENT_LIMIT("gateway.deployment-limit", "1000", Kind.COUNT),
    THREADS("gateway.threads", "1500", Kind.COUNT),
    ACCESS_LOG("gateway.access-log", "true", Kind.FLAG),
    LOG_FORMAT("gateway.log-format", "text", Kind.LOG_FORMAT),
    DRAIN_DELAY("gateway.drain-delay", "0", Kind.PAUSE),
    DRAIN("gateway.drain", "30000", Kind.MILLIS),
    RELOAD("gateway.reload", "", Kind.FLAG),
    DEADLINE_DEFAULT("gateway.deadline", "8000", Kind.MILLIS),
    DEADLINE("gateway.deadline.*", null, Kind.MILLIS),
    SETTLE_TIME("gateway.settle-time", "30000", Kind.MILLIS),
    SWEEP_INTERVAL("gateway.sweep-interval", "1000", Kind.MILLIS),
    CONNECT_TIMEOUT("gateway.connect-timeout", "1000", Kind.MILLIS),
    CONNECTIONS("gateway.connections", "1000", Kind.COUNT),
    SEQUENCE_LIMIT("gateway.sequence-limit", "250", Kind.COUNT),
    BREAKER_PAUSE("gateway.breaker-pause", "5000", Kind.MILLIS),
    STORE_URL("gateway.store.url", "jdbc:sqlite:data/gateway.db", Kind.TEXT),
    STORE_USER("gateway.store.user", "", Kind.TEXT),
    STORE_PASSWORD("gateway.store.password", "", Kind.SECRET),
    STORE_ENCRYPTION_KEYS("gateway.store.encryption-keys", "", Kind.SECRET),
    STORE_SYNC("gateway.store.sync", "full", Kind.SYNC),
    STORE_CONNECTIONS("gateway.store.connections", "20", Kind.COUNT),
    KAFKA_BROKERS("gateway.kafka.brokers", "", Kind.TEXT),
    KAFKA_QUEUE_TOPIC("gateway.kafka.queue-topic", "partner-gateway.calls", Kind.TOPIC),
    KAFKA_EVENTS_TOPIC("gateway.kafka.events-topic", "", Kind.TOPIC),
    KAFKA_GROUP("gateway.kafka.group", "partner-gateway", Kind.TOPIC),
    KAFKA_AT_ONCE("gateway.kafka.at-once", "32", Kind.COUNT),
    KAFKA_ATTEMPTS("gateway.kafka.attempts", "12", Kind.COUNT),
    KAFKA_PAUSE("gateway.kafka.pause", "1000", Kind.MILLIS),
    KAFKA_KEY_PATIENCE("gateway.kafka.key-patience", "3600000", Kind.MILLIS),
    QUEUE("gateway.queue.*", null, Kind.QUEUE),
    CALLS_MEMORY("gateway.calls.memory", "16777216", Kind.COUNT),
    CALLS_DAYS("gateway.calls.days", "7", Kind.COUNT),
    CALLS_ROWS("gateway.calls.rows", "100000", Kind.COUNT),
    CALLS_SLOW("gateway.calls.slow", "1000", Kind.MILLIS),
    CALLS_CONTENT("gateway.calls.content", "none", Kind.CONTENT),
    SYNTHETIC("gateway.synthetic.*", null, Kind.TEXT),
    SYNTHETIC_INTERVAL("gateway.synthetic-interval", "60000", Kind.MILLIS),
    DOCS("gateway.docs", "", Kind.FLAG),
    SANDBOX("gateway.sandbox", "false", Kind.FLAG),
    SANDBOX_PORT("gateway.sandbox.port", "8081", Kind.PORT),
    SANDBOX_MANAGEMENT_RATE("gateway.sandbox.management-rate", "3", Kind.LIMIT),
    DEPLOYMENT_HOST("gateway.deployments.*.host", null, Kind.TEXT),
    DEPLOYMENT_BASE_URL("gateway.deployments.*.base-url", null, Kind.TEXT),
    DEPLOYMENT_MANAGEMENT_KEY("gateway.deployments.*.management-key", null, Kind.SECRET),
    DEPLOYMENT_KEYS("gateway.deployments.*.keys.*", null, Kind.TEXT),
    DEPLOYMENT_CREATE_ATTRIBUTES("gateway.deployments.*.create-attributes", null, Kind.FLAG),
    DEPLOYMENT_CALLBACK_HOSTS("gateway.deployments.*.callback-hosts", null, Kind.TEXT),
    DEPLOYMENT_MANAGEMENT_RATE("gateway.deployments.*.management-rate", null, Kind.LIMIT),
    DEPLOYMENT_BATCHING("gateway.deployments.*.batching", null, Kind.FLAG);

    /** What a value must look like. */
    enum Kind {
        TEXT(".*", "any text"),
        SECRET("(?s).*", "the secret itself, or file: and a path"),
        FLAG("|true|false", "true or false"),
        PORT("0|[1-9][0-9]{0,4}", "a port number from 0 to 65535 (0 = any free port)"),
        NUMBER("0|[1-9][0-9]{0,8}", "a whole number"),
        COUNT("[1-9][0-9]{0,8}", "a whole number of at least 1"),
        LIMIT("0|[1-9][0-9]{0,8}", "a whole number (0 = no limit)"),
        MILLIS("[1-9][0-9]{0,8}", "a whole number of milliseconds, at least 1"),
        PAUSE("0|[1-9][0-9]{0,8}", "a whole number of milliseconds"),
        LOG_FORMAT("text|json", "text or json"),
        CONTENT("none|sealed", "none or sealed"),
        SYNC("|full|normal", "full or normal"),
        TOPIC("[A-Za-z0-9._-]{0,200}", "letters, digits, ., _ and -, at most 200"),
        QUEUE("|kafka|direct", "kafka or direct");

        private final Pattern shape;
        private final String expected;

        Kind(String shape, String expected) {
            this.shape = Pattern.compile(shape);
            this.expected = expected;
        }

        boolean accepts(String value) {
            return shape.matcher(value).matches() && (this != PORT || Integer.parseInt(value) <= 65535);
        }

        String expected() {
            return expected;
        }
    }

    private final String pattern;
    private final String fallback;
    private final Kind kind;
    private final Pattern name;
    private final Pattern variable;

    Key(String pattern, String fallback, Kind kind) {
        this.pattern = pattern;
        this.fallback = fallback;
        this.kind = kind;
        this.name = Pattern.compile(pattern.replace(".", "\\.")
                .replace("keys\\.*", "keys\\.([0-9a-f]{64})")
                .replace("queue\\.*", "queue\\.([A-Za-z0-9/_-]+)")
                .replace("*", "([a-z0-9-]+)"));
        this.variable = Pattern.compile(pattern.toUpperCase(java.util.Locale.ROOT)
                .replace('.', '_')
                .replace('-', '_')
                .replace("KEYS_*", "KEYS_([0-9A-Fa-f]{64})")
                .replace("*", "([A-Z0-9_]+)"));
    }

    String pattern() {
        return pattern;
    }

    String fallback() {
        return fallback;
    }

    Kind kind() {
        return kind;
    }

    boolean names(String key) {
        return name.matcher(key).matches();
    }

    Pattern variable() {
        return variable;
    }

    /** The setting's name with the operator's parts put in. */
    String with(String... parts) {
        String result = pattern;
        for (String part : parts) {
            result = result.replaceFirst("\\*", part);
        }
        return result;
    }
}
