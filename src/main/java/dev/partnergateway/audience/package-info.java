/**
 * Audiences: a partner's own id of an audience becomes Talon.One's, by the gateway's memory or Talon.One's list, and one
 * that exists already is found instead of made twice.
 */
package dev.partnergateway.audience;
