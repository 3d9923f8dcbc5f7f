/**
 * Points are added once: when an answer is lost, the profile's transactions say whether it was done. Begin to read at
 * {@link dev.partnergateway.loyalty.PointsAddition}.
 */
package dev.partnergateway.loyalty;
