/**
 * What an operator sees of the running gateway: metrics, traces, one log line for each call.
 *
 * <p>{@link dev.partnergateway.telemetry.Telemetry} opens all of it;
 * {@link dev.partnergateway.telemetry.CallObservation} is what is noted of one partner's call and
 * {@link dev.partnergateway.telemetry.UpstreamObservation} of one to Talon.One. No key, code, profile id, path or query
 * stands in any of it. Begin to read at {@code Telemetry}.
 */
package dev.partnergateway.telemetry;
