package dev.partnergateway.queue;

import dev.partnergateway.kafka.Reading;
import dev.partnergateway.kafka.TopicCheck;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.queue.Letters.Arrival;
import dev.partnergateway.store.StoreException;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the queue's topic into the store, as a member of the group that shares it. Where it goes on stands in the store;
 * what is committed at Kafka is for those who watch there. It never waits for a call to be carried out, so that a gateway
 * which joins waits for nobody.
 */
final class Reader implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration TAKING = Duration.ofMillis(100);
    private static final Duration RECOVERY = Duration.ofSeconds(1);
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Reading reading;
    private final Supplier<Optional<TopicCheck.Found>> check;
    private final Contents contents;
    private final Lane.Work work;
    private final Counter forgotten;
    private final Map<TopicPartition, Lane> lanes = new ConcurrentHashMap<>();
    private final Set<Lane> leaving = ConcurrentHashMap.newKeySet();
    private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
    private volatile KafkaConsumer<String, byte[]> consumer;
    private volatile boolean closed;

    /**
     * Makes it.
     *
     * @param check looks at the topic; empty while it cannot be used
     * @param forgotten counts records that Kafka has forgotten before they were read
     */
    Reader(
            Reading reading,
            Supplier<Optional<TopicCheck.Found>> check,
            Contents contents,
            Lane.Work work,
            Counter forgotten) {
        this.reading = reading;
        this.check = check;
        this.contents = contents;
        this.work = work;
        this.forgotten = forgotten;
    }

    /** Partitions in this gateway's hands. */
    Collection<Lane> lanes() {
        return lanes.values();
    }

    /** Records that were written and not read yet, of the partitions in this gateway's hands. */
    long lag() {
        return lanes.entrySet().stream()
                .filter(entry -> entry.getValue().isTaken())
                .mapToLong(entry -> Math.max(
                        0,
                        ends.getOrDefault(entry.getKey(), 0L) - entry.getValue().offset()))
                .sum();
    }

    @Override
    public void run() {
        while (!closed) {
            try {
                Optional<TopicCheck.Found> found = check.get();
                if (found.isPresent()) {
                    follow(found.get());
                }
            } catch (WakeupException e) {
                LOG.debug("Reading ends");
            } catch (KafkaException e) {
                LOG.warn("Kafka does not answer; the queue is read again soon: {}", e.getMessage());
            } catch (RuntimeException | Error e) {
                Fatal.look(e);
                LOG.error("The queue could not be read; it is read again soon", e);
            }
            leave(Set.copyOf(lanes.keySet()));
            if (!closed && !pause()) {
                return;
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(RECOVERY.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void follow(TopicCheck.Found topic) {
        KafkaConsumer<String, byte[]> mine = reading.consumer();
        consumer = mine;
        try {
            mine.subscribe(List.of(reading.topic()), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    partitions.forEach(partition -> lanes.put(partition, new Lane(partition.toString(), work)));
                    // Nothing is read of a lane before it is this gateway's in the store, too.
                    mine.pause(partitions);
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    leave(partitions);
                }
            });
            while (!closed) {
                boolean all = take(mine, topic);
                takeOver(mine, mine.poll(all ? POLL : TAKING));
            }
        } finally {
            consumer = null;
            mine.close(FAREWELL);
        }
    }

    private void leave(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> {
            Lane lane = lanes.remove(partition);
            if (lane != null) {
                leaving.removeIf(Lane::isIdle);
                leaving.add(lane);
                lane.leave();
            }
        });
    }

    /** Takes what was assigned and is free; says whether all is taken. */
    private boolean take(KafkaConsumer<String, byte[]> mine, TopicCheck.Found topic) {
        Set<TopicPartition> open = lanes.entrySet().stream()
                .filter(entry -> !entry.getValue().isTaken())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        if (open.isEmpty()) {
            return true;
        }
        mine.pause(open);
        Map<TopicPartition, Long> begin = mine.beginningOffsets(open);
        Map<TopicPartition, Long> end = mine.endOffsets(open);
        boolean all = true;
        for (TopicPartition partition : open) {
            Lane lane = lanes.get(partition);
            try {
                Optional<Long> gone =
                        lane.take(topic.id(), mine.position(partition), begin.get(partition), end.get(partition));
                if (gone.isEmpty()) {
                    all = false;
                    continue;
                }
                if (gone.get() > 0) {
                    forgotten.increment(gone.get());
                    LOG.error("Kafka has forgotten {} queued calls of {} before they were read", gone.get(), partition);
                }
                mine.seek(partition, lane.offset());
                mine.resume(Set.of(partition));
            } catch (StoreException e) {
                LOG.warn("The store did not answer; {} is taken later", partition);
                all = false;
            }
        }
        return all;
    }

    private void takeOver(KafkaConsumer<String, byte[]> mine, ConsumerRecords<String, byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
        boolean failed = false;
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<String, byte[]>> all = records.records(partition);
            Lane lane = lanes.get(partition);
            if (lane == null || !lane.isTaken()) {
                continue;
            }
            if (all.get(0).offset() < lane.offset()) {
                throw new KafkaException("the topic " + partition.topic() + " has begun anew");
            }
            long next = all.get(all.size() - 1).offset() + 1;
            try {
                if (lane.arrived(all.stream().map(this::arrival).toList(), next)) {
                    read.put(partition, new OffsetAndMetadata(next));
                }
            } catch (StoreException e) {
                LOG.warn("The store did not answer; {} is read again soon", partition);
                mine.seek(partition, lane.offset());
                failed = true;
            }
        }
        for (Map.Entry<TopicPartition, Lane> held : lanes.entrySet()) {
            mine.currentLag(held.getKey())
                    .ifPresent(lag -> ends.put(held.getKey(), held.getValue().offset() + lag));
        }
        if (!read.isEmpty()) {
            mine.commitAsync(read, (offsets, failure) -> {
                if (failure != null) {
                    LOG.debug("Kafka does not know yet how far the queue was read", failure);
                }
            });
        }
        if (failed) {
            pause();
        }
    }

    /** What nobody of this house can have written must not take the name of what somebody has. */
    private Arrival arrival(ConsumerRecord<String, byte[]> record) {
        Letter letter = Letter.of(record);
        return new Arrival(
                contents.mayBeOurs(letter) ? letter : letter.named(record), record.offset(), record.timestamp());
    }

    /** Whether nothing is under way any more. */
    boolean isIdle() {
        return leaving.stream().allMatch(Lane::isIdle)
                && lanes.values().stream().allMatch(Lane::isIdle);
    }

    void close() {
        closed = true;
        KafkaConsumer<String, byte[]> reads = consumer;
        if (reads != null) {
            reads.wakeup();
        }
    }
}
