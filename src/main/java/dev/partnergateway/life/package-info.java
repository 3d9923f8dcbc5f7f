/** What ends the process, so that it is never half alive. */
package dev.partnergateway.life;
