/**
 * One call to a deployment: address, key, wait, bounds, retries, and what a failure means.
 * {@link dev.partnergateway.talonone.TalonOneComponent} is {@code talon-one:<operationId>} of a route,
 * {@link dev.partnergateway.talonone.TalonOne} is the way of a call, {@code openapi/talon-one.yaml} says which operations
 * there are. Begin to read at {@code TalonOne}.
 */
package dev.partnergateway.talonone;
