/** What partners read: all contracts in a browser, to try against the sandbox; served by a gateway or written into a folder. */
package dev.partnergateway.reference;
