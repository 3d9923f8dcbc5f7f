/**
 * What travels with one call of a partner, and what all rooms say to each other about it.
 *
 * <p>{@link dev.partnergateway.call.PartnerCall} is the call: its id, deadline, operation, deployment, key, content and how
 * far it has come. {@link dev.partnergateway.call.Refusal} is why it is not done, with the status and text that the partner
 * sees. {@link dev.partnergateway.call.Deployment} and {@link dev.partnergateway.call.Credential} are whom it is for and
 * from. Begin to read at {@code PartnerCall}.
 */
package dev.partnergateway.call;
