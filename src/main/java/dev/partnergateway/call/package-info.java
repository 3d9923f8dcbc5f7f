/**
 * What travels with one call of a partner: {@link dev.partnergateway.call.PartnerCall} is the call,
 * {@link dev.partnergateway.call.Refusal} is why it is not done, with the status and text that the partner sees.
 */
package dev.partnergateway.call;
