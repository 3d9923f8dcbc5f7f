/** Writing to and reading from topics, by camel-kafka; nothing of it is loaded where no brokers are configured. */
package dev.partnergateway.kafka;
