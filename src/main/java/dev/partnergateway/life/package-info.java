/**
 * What ends the process, so that it is never half alive: {@link dev.partnergateway.life.Fatal} looks at every failure that
 * nobody expected and ends the process with status 70 after one line when it is one that nothing recovers from.
 */
package dev.partnergateway.life;
