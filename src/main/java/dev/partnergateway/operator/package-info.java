/**
 * What an operator sees and decides: parked calls and dead letters, on a port of its own that no page of another origin
 * and no stranger reaches ({@link dev.partnergateway.operator.Admission}). The commands of the jar are clients of the same
 * pages.
 */
package dev.partnergateway.operator;
