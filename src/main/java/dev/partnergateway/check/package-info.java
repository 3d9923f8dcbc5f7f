/**
 * Finds what is wrong in the files of integrations, all of it, each with its place and the name that was probably meant.
 * Nothing is started for that: the command {@code check}, the start of the gateway and the reload of edited files ask the
 * same {@link dev.partnergateway.check.Checker}.
 */
package dev.partnergateway.check;
