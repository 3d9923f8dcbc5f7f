/**
 * HTTP in and out on the partner port. {@link dev.partnergateway.edge.PartnerServer} is the port,
 * {@link dev.partnergateway.edge.PartnerConsumer} takes the calls of one integration and answers each within its deadline,
 * {@link dev.partnergateway.edge.ContractStrategy} is what every call passes before its route: contract, key, content.
 * Nothing of a caller's headers reaches a route from here, and nothing of a route's headers reaches a caller.
 */
package dev.partnergateway.edge;
