package dev.partnergateway.operator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.CallLife;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.settings.CallsSettings;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import dev.partnergateway.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How calls went: all of this process's latest in memory, and those of all gateways of the store that failed or were slow
 * for some days. They are written behind the calls' backs; what does not fit is counted and left out, for no call ever waits
 * for it. Values of callers are kept as their {@link Shape}.
 */
public final class CallsSeen implements Telemetry.Watcher {

    private static final Logger LOG = LoggerFactory.getLogger(CallsSeen.class);

    private static final JsonFactory JSON = new JsonFactory();
    private static final String NONE = "none";

    /** So many wait to be written, and are written at once. */
    private static final int MOST_WAITING = 500;

    /** What people without a proven key do must not push out what partners did: they have this part of the memory. */
    private static final int STRANGERS_SHARE = 8;

    /** And so many rows in each lot that is written. */
    private static final int STRANGERS_AT_ONCE = 5;

    private static final int LONGEST_CONTENT = 16_384;
    private static final int LISTED = 200;

    private final CallsSettings settings;
    private final SeenTable table;
    private final Seal seal;
    private final Shape shape;
    private final Latest partners;
    private final Latest strangers;
    private final BlockingQueue<SeenCall> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Counter dropped;

    /** The newest of a kind, as many as fit. */
    private static final class Latest {

        private final long most;
        private final Map<String, SeenCall> calls = new LinkedHashMap<>();
        private long weight;

        Latest(long most) {
            this.most = most;
        }

        synchronized void add(SeenCall call) {
            SeenCall before = calls.put(call.requestId(), call);
            weight += call.weight() - (before == null ? 0 : before.weight());
            Iterator<SeenCall> oldest = calls.values().iterator();
            while (weight > most && oldest.hasNext()) {
                weight -= oldest.next().weight();
                oldest.remove();
            }
        }

        /** Calls that end meanwhile wait for a copy of some thousand references, and not for the search. */
        List<SeenCall> find(SeenFilter filter) {
            List<SeenCall> all;
            synchronized (this) {
                all = new ArrayList<>(calls.values());
            }
            return all.stream().filter(filter::takes).toList();
        }

        synchronized Optional<SeenCall> find(String requestId) {
            return Optional.ofNullable(calls.get(requestId));
        }

        synchronized int size() {
            return calls.size();
        }
    }

    /** Begins without any. */
    public CallsSeen(CallsSettings settings, Store store, Seal seal, MeterRegistry meters) {
        this.settings = settings;
        this.table = new SeenTable(store);
        this.seal = seal;
        this.shape = new Shape(table.salt());
        this.partners = new Latest(settings.memory());
        this.strangers = new Latest(settings.memory() / STRANGERS_SHARE);
        this.dropped = Counter.builder("gateway.calls.dropped")
                .description(
                        "Failed and slow calls that were not written down for the operator, because there were too many")
                .register(meters);
    }

    /** Throws nothing: nobody but an operator misses what is not seen. */
    @Override
    public void over(Telemetry.Seen call) {
        try {
            SeenCall seen = seen(call);
            (seen.proven() ? partners : strangers).add(seen);
            boolean kept = seen.failed() || seen.millis() >= settings.slow().toMillis();
            if (kept && !waiting.offer(seen)) {
                dropped.increment();
            }
        } catch (RuntimeException | IOException e) {
            dropped.increment();
            LOG.debug("{} could not be kept for the operator", call.call(), e);
        }
    }

    private SeenCall seen(Telemetry.Seen over) throws IOException {
        PartnerCall call = over.call();
        CallLife life = call.life();
        Set<String> values = new LinkedHashSet<>();
        String key = call.isAdmitted() ? call.credential().key() : null;
        ObjectNode shaped = life.sent() == null ? null : shape.of(life.sent(), key, values);
        return new SeenCall(
                call.requestId(),
                life.callersId(),
                life.begun(),
                over.integration(),
                call.operation() == null ? NONE : call.operation().id(),
                call.hasDeployment() ? call.deployment().name() : NONE,
                over.status(),
                (int) Math.min(Integer.MAX_VALUE, over.duration().toMillis()),
                life.application(),
                call.isAdmitted() ? call.credential().hash() : "",
                life.claim(),
                life.isKeyProven(),
                List.copyOf(values),
                life(over, shaped),
                settings.sealed() || open(call) ? content(life) : null);
    }

    private boolean open(PartnerCall call) {
        return call.hasDeployment() && call.deployment().name().equals(settings.open());
    }

    private byte[] life(Telemetry.Seen over, ObjectNode shaped) throws IOException {
        PartnerCall call = over.call();
        CallLife life = call.life();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1000);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("method", over.method());
            json.writeStringField("reached", call.phase().name());
            if (call.isAdmitted()) {
                json.writeStringField("key", call.credential().toString());
            }
            if (life.traceId() != null) {
                json.writeStringField("trace", life.traceId());
            }
            Refusal refusal = life.refusal();
            if (refusal != null) {
                json.writeStringField(
                        "error", open(call) ? refusal.getMessage() : shape.masked(refusal.getMessage(), life.sent()));
                json.writeStringField("effect", refusal.effect().name());
            }
            if (shaped != null) {
                json.writeFieldName("call");
                write(shaped, json);
            }
            json.writeArrayFieldStart("events");
            for (CallLife.Event event : life.events()) {
                json.writeStartObject();
                json.writeNumberField("at", event.at());
                json.writeStringField("kind", event.kind().name());
                json.writeStringField("what", event.what());
                if (event.kind() == CallLife.Kind.CALLED) {
                    json.writeNumberField("status", event.status());
                }
                if (event.took() >= 0) {
                    json.writeNumberField("took", event.took());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            if (life.leftOut() > 0) {
                json.writeNumberField("eventsLeftOut", life.leftOut());
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** Without the detour over a mapper, which costs as much as the rest. */
    private static void write(JsonNode node, JsonGenerator json) throws IOException {
        if (node.isObject()) {
            json.writeStartObject();
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                json.writeFieldName(member.getKey());
                write(member.getValue(), json);
            }
            json.writeEndObject();
        } else if (node.isArray()) {
            json.writeStartArray();
            for (JsonNode item : node) {
                write(item, json);
            }
            json.writeEndArray();
        } else if (node.isIntegralNumber()) {
            json.writeNumber(node.longValue());
        } else {
            json.writeString(node.asText());
        }
    }

    /** What was sent and answered, where the operator wants to see it. */
    private byte[] content(CallLife life) {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        if (life.sent() != null) {
            Json.write(life.sent(), LONGEST_CONTENT)
                    .ifPresentOrElse(
                            small -> content.set("sent", life.sent()),
                            () -> content.put("sent", "(more than " + LONGEST_CONTENT + " bytes)"));
        }
        byte[] answer = life.answer();
        if (answer != null && answer.length > LONGEST_CONTENT) {
            content.put("answered", "(" + answer.length + " bytes)");
        } else if (answer != null && answer.length > 0) {
            try {
                content.set("answered", Json.read(answer));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return seal.seal(Json.write(content));
    }

    /** Writes down what waits for it; to be called about every second. */
    public void write() {
        List<SeenCall> lot = new ArrayList<>();
        int unproven = 0;
        for (SeenCall call = waiting.poll(); call != null; call = waiting.poll()) {
            if (call.proven() || ++unproven <= STRANGERS_AT_ONCE) {
                lot.add(call);
            } else {
                dropped.increment();
            }
        }
        if (lot.isEmpty()) {
            return;
        }
        try {
            table.write(lot);
        } catch (RuntimeException e) {
            dropped.increment(lot.size());
            throw e;
        }
    }

    /** Forgets what is too old or too much; to be called about every minute. */
    public void prune() {
        table.prune(
                System.currentTimeMillis() - Duration.ofDays(settings.days()).toMillis(), settings.rows());
    }

    /** The salted hash of a text, as calls are found by. */
    String hash(String text) {
        return shape.hash(text);
    }

    /** How many calls of this process are in memory. */
    int inMemory() {
        return partners.size() + strangers.size();
    }

    /** Those that a filter takes, newest first, at most 200. */
    List<SeenCall> find(SeenFilter filter) {
        Map<String, SeenCall> found = new LinkedHashMap<>();
        table.find(filter, LISTED).forEach(call -> found.put(call.requestId(), call));
        List<SeenCall> here = new ArrayList<>(partners.find(filter));
        here.addAll(strangers.find(filter));
        here.forEach(call -> found.put(call.requestId(), call));
        List<SeenCall> all = new ArrayList<>(found.values());
        all.sort(Comparator.comparingLong(SeenCall::at).reversed());
        return all.size() > LISTED ? all.subList(0, LISTED) : Collections.unmodifiableList(all);
    }

    /** The call of a request id, ours or its caller's own; empty when nothing is known of it any more. */
    Optional<SeenCall> find(String id) {
        return partners.find(id).or(() -> strangers.find(id)).or(() -> {
            SeenFilter only = new SeenFilter(id, null, null, null, null, null, null, 0, Long.MAX_VALUE, 0);
            return find(only).stream().findFirst();
        });
    }

    /** All that may be shown of a call. */
    ObjectNode show(SeenCall call) {
        ObjectNode shown = call.line();
        shown.set("life", read(call.life()));
        if (call.content() != null) {
            try {
                shown.set("content", read(seal.open(call.content())));
            } catch (Seal.UnreadableException e) {
                shown.put("content", "(" + e.getMessage() + ")");
            }
        }
        return shown;
    }

    private static JsonNode read(byte[] json) {
        try {
            return Json.read(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When the oldest call of a store is forgotten. */
    Instant keptSince() {
        return Instant.now().minus(Duration.ofDays(settings.days()));
    }
}
