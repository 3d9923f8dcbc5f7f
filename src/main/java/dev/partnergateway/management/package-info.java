/**
 * Health and metrics, for probes and for whoever collects metrics: a port that can be read by all who reach it, and at
 * which nothing can be decided. {@link dev.partnergateway.management.ManagementPort} is all of it, on the server of the
 * room {@code http}; what is measured comes from {@code telemetry}.
 */
package dev.partnergateway.management;
