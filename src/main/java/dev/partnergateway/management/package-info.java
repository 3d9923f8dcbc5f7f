/**
 * Health and metrics, for probes and for whoever collects metrics: a port that can be read by all who reach it, and at
 * which nothing can be decided.
 */
package dev.partnergateway.management;
