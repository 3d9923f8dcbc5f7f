package dev.partnergateway.settings;

import java.time.Duration;

/**
 * How Kafka is used.
 *
 * @param brokers host:port, separated by commas
 * @param queueTopic calls that are carried out later
 * @param eventsTopic CloudEvents of every call; empty = none
 * @param group consumers of one group share the queue
 * @param atOnce queued calls of one deployment that a gateway carries out at once, at most
 * @param attempts how often Talon.One is asked for a queued call before it becomes a dead letter
 * @param pause after the first try; each next pause is four times as long, an hour at most
 * @param keyPatience how long a queued call waits whose key Talon.One does not accept
 */
public record KafkaSettings(
        String brokers,
        String queueTopic,
        String eventsTopic,
        String group,
        int atOnce,
        int attempts,
        Duration pause,
        Duration keyPatience) {}
