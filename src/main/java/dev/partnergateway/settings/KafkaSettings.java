package dev.partnergateway.settings;

import java.time.Duration;

/**
 * How Kafka is used.
 *
 * @param brokers host:port, separated by commas
 * @param queueTopic calls that are carried out later
 * @param deadLetterTopic queued calls that could not be carried out
 * @param eventsTopic CloudEvents of every call; empty = none
 * @param group consumers of one group share the queue
 * @param consumers threads that take calls out of the queue, and so calls carried out at once
 * @param attempts how often a queued call is tried before it becomes a dead letter
 * @param pause after the first try; each next pause is four times as long, an hour at most
 */
public record KafkaSettings(
        String brokers,
        String queueTopic,
        String deadLetterTopic,
        String eventsTopic,
        String group,
        int consumers,
        int attempts,
        Duration pause) {}
