package dev.partnergateway.settings;

import java.time.Duration;

/**
 * What is kept of calls for the operator.
 *
 * @param memory bytes that the latest calls of this process may take
 * @param days how long calls that failed or were slow are kept in the store
 * @param rows most of those
 * @param slow how long a call takes that is slow
 * @param sealed whether what callers send and get is kept, too, sealed; else only kinds, lengths and salted hashes
 * @param open deployment whose calls hide nothing, because it is the sandbox; empty = there is none
 */
public record CallsSettings(long memory, int days, int rows, Duration slow, boolean sealed, String open) {}
