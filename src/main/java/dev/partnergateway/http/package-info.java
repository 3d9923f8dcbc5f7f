/**
 * HTTP to the letter, for every port: {@link dev.partnergateway.http.RequestDecoder} refuses what two readers could read in
 * two ways, {@link dev.partnergateway.http.ErrorBody} is the one shape of failures,
 * {@link dev.partnergateway.http.Port} is a small server for the operator's own pages.
 *
 * <p>Vert.x and Netty read and write; this room says no. Begin to read at {@code RequestDecoder}, beside
 * {@code HttpToTheLetterTest}.
 */
package dev.partnergateway.http;
