/**
 * Who may call what. {@link dev.partnergateway.access.Deployments} knows the configured deployments,
 * {@link dev.partnergateway.access.KeyProof} asks a deployment whether it accepts a key and for which Application,
 * {@link dev.partnergateway.access.Attempts} slows down guessing. {@link dev.partnergateway.access.Access} puts them
 * together; begin to read there.
 */
package dev.partnergateway.access;
