package dev.partnergateway.kafka;

import dev.partnergateway.settings.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Writes records to one topic, over camel-kafka: durably (all replicas in sync have it) and none of them twice. */
public final class Topic {

    /** Defaults of the gateway for camel-kafka, which the operator may change. */
    public static final Map<String, String> DEFAULTS = Map.of("camel.component.kafka.session-timeout-ms", "10000");

    private static final String BYTES = "org.apache.kafka.common.serialization.ByteArray";
    private static final String TEXT = "org.apache.kafka.common.serialization.String";

    private final KafkaEndpoint endpoint;
    private final ProducerTemplate template;

    /** Prepares to write; nothing is connected before the first record. */
    public Topic(CamelContext camel, KafkaSettings settings, String name) {
        this.endpoint = endpoint(
                camel,
                settings,
                name,
                "&requestRequiredAcks=all&enableIdempotence=true&recordMetadata=false&lingerMs=0"
                        + "&maxBlockMs=2000&requestTimeoutMs=2000&deliveryTimeoutMs=5000"
                        + "&keySerializer=" + TEXT + "Serializer&valueSerializer=" + BYTES + "Serializer");
        this.template = camel.createProducerTemplate();
        template.setThreadedAsyncMode(false);
    }

    /**
     * An endpoint of camel-kafka on the configured brokers, for keys that are text and values that are bytes.
     *
     * @param options begin with {@code &}
     */
    public static KafkaEndpoint endpoint(CamelContext camel, KafkaSettings settings, String topic, String options) {
        return camel.getEndpoint(
                "kafka:" + topic + "?brokers=" + settings.brokers() + "&preValidateHostAndPort=false"
                        + "&keyDeserializer=" + TEXT + "Deserializer&valueDeserializer=" + BYTES + "Deserializer"
                        + options,
                KafkaEndpoint.class);
    }

    /**
     * Begins to write a record.
     *
     * @param key records of one key stay in order
     * @param value null = what stood under the key before is gone
     * @return done when it is written; a failure when it is not, or nobody can tell
     */
    public CompletableFuture<Void> write(String key, Map<String, String> headers, byte[] value) {
        Exchange exchange = endpoint.createExchange();
        exchange.getMessage().setHeader(KafkaConstants.KEY, key);
        headers.forEach(exchange.getMessage()::setHeader);
        exchange.getMessage().setBody(value);
        return template.asyncSend(endpoint, exchange)
                .thenCompose(sent -> sent.getException() == null
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(sent.getException()));
    }

    /**
     * Writes a record.
     *
     * @param patience longest wait
     * @throws NotWritten when it is not written, or nobody can tell
     */
    public void write(String key, Map<String, String> headers, byte[] value, Duration patience) throws NotWritten {
        try {
            write(key, headers, value).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new NotWritten(e.getCause());
        } catch (TimeoutException e) {
            throw new NotWritten(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotWritten(e);
        }
    }

    /** A record is not written, or nobody can tell. */
    public static final class NotWritten extends Exception {

        NotWritten(Throwable cause) {
            super(cause.toString(), cause);
        }

        /** Whether it never will be, because it is too large. */
        public boolean tooLarge() {
            return getCause() instanceof RecordTooLargeException;
        }
    }
}
