package dev.partnergateway.kafka;

import dev.partnergateway.settings.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.KafkaProducer;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Writes records to one topic: durably (all replicas in sync have it) and none of them twice. The client is made, set up and
 * stopped by camel-kafka; records are given to it directly, because camel-kafka loses what the client says at once: who
 * waits for such a record would wait in vain.
 */
public final class Topic implements AutoCloseable {

    /** Defaults of the gateway for camel-kafka, which the operator may change. */
    public static final Map<String, String> DEFAULTS = Map.of("camel.component.kafka.session-timeout-ms", "10000");

    private static final String BYTES = "org.apache.kafka.common.serialization.ByteArray";
    private static final String TEXT = "org.apache.kafka.common.serialization.String";

    private final KafkaEndpoint endpoint;
    private final String name;
    private KafkaProducer producer;

    /** Prepares to write; nothing is connected before the first record. */
    public Topic(CamelContext camel, KafkaSettings settings, String name) {
        this.name = name;
        this.endpoint = endpoint(
                camel,
                settings,
                name,
                "&requestRequiredAcks=all&enableIdempotence=true&recordMetadata=false&lingerMs=0"
                        + "&maxBlockMs=2000&requestTimeoutMs=2000&deliveryTimeoutMs=5000"
                        + "&keySerializer=" + TEXT + "Serializer&valueSerializer=" + BYTES + "Serializer");
    }

    /**
     * An endpoint of camel-kafka on the configured brokers, for keys that are text and values that are bytes.
     *
     * @param options begin with {@code &}
     */
    static KafkaEndpoint endpoint(CamelContext camel, KafkaSettings settings, String topic, String options) {
        return camel.getEndpoint(
                "kafka:" + topic + "?brokers=" + settings.brokers() + "&preValidateHostAndPort=false"
                        + "&keyDeserializer=" + TEXT + "Deserializer&valueDeserializer=" + BYTES + "Deserializer"
                        + options,
                KafkaEndpoint.class);
    }

    @SuppressWarnings("unchecked") // Its types are those of the serializers above.
    private synchronized Producer<String, byte[]> client() throws Exception {
        if (producer == null) {
            KafkaProducer made = (KafkaProducer) endpoint.createProducer();
            ServiceHelper.startService(made);
            producer = made;
        }
        return producer.getKafkaProducer();
    }

    /**
     * Begins to write a record.
     *
     * @param key records of one key stay in order
     * @return done when it is written; a failure when it is not, or nobody can tell
     */
    public CompletableFuture<Void> write(String key, Map<String, String> headers, byte[] value) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        try {
            ProducerRecord<String, byte[]> record = new ProducerRecord<>(name, key, value);
            headers.forEach((header, text) -> record.headers().add(header, text.getBytes(StandardCharsets.UTF_8)));
            client().send(record, (metadata, failure) -> {
                if (failure == null) {
                    written.complete(null);
                } else {
                    written.completeExceptionally(failure);
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            written.completeExceptionally(e);
        } catch (Exception e) {
            written.completeExceptionally(e);
        }
        return written;
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

    @Override
    public synchronized void close() {
        ServiceHelper.stopService(producer);
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
