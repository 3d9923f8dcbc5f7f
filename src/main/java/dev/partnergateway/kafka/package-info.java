/**
 * Clients of Kafka, with what the operator has set for camel-kafka: writing to topics, reading from them, and a look at how
 * they are set up. Nothing of it is loaded where no brokers are configured.
 */
package dev.partnergateway.kafka;
