/**
 * A repeat gets the first answer, byte for byte. {@link dev.partnergateway.idempotency.ReplayingRepository} is the
 * repository of Camel's idempotent consumer: it claims a key before anything is sent, keeps the answer, and lets repeats
 * wait for a first call that still runs. What a crash leaves unfinished is looked up by the sweeper or decided by an
 * operator.
 */
package dev.partnergateway.idempotency;
