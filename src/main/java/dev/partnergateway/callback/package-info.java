/**
 * Results posted to addresses of callers: {@link dev.partnergateway.callback.Callback} checks what a caller wishes,
 * {@link dev.partnergateway.callback.Outbox} keeps it until it is posted, and no address inside the operator's network
 * is ever posted to unless the operator named it.
 */
package dev.partnergateway.callback;
