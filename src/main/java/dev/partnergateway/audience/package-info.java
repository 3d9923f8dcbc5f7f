/**
 * Audiences: a partner's own id of an audience becomes Talon.One's, by the gateway's memory or Talon.One's list, and one
 * that exists already is found instead of made twice.
 *
 * <p>{@link dev.partnergateway.audience.AudienceIds} puts ids into what is sent,
 * {@link dev.partnergateway.audience.AudienceTable} remembers those of the audiences that were created here,
 * {@link dev.partnergateway.audience.AudienceCreation} is the creation whose repeat finds the first one. Begin to read at
 * {@code AudienceIds}; the rules are docs/behaviour.md#audiences.
 */
package dev.partnergateway.audience;
