/** What an operator sees of the running gateway: metrics, traces, one log line for each call. */
package dev.partnergateway.telemetry;
