/**
 * The process: {@link dev.partnergateway.PartnerGateway} reads the command line, {@link dev.partnergateway.Gateway} puts
 * all rooms together and takes them apart again. Only this room knows all others. What ends a process that cannot go on
 * begins here, too: {@link dev.partnergateway.Watch} and the health checks. Begin to read at {@code Gateway.start}.
 */
package dev.partnergateway;
