/**
 * Calls that are carried out later: accepted calls go to a topic, {@link dev.partnergateway.queue.Delivery} carries them
 * out in their order, those that fail wait and are tried again, and what cannot be done becomes a dead letter.
 */
package dev.partnergateway.queue;
