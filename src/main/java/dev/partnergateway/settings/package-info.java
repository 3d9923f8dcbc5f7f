/**
 * The operator's settings: every key with its type, default and range, from the command line, the environment and
 * {@code application.properties}, and values that are read from files again when those change.
 */
package dev.partnergateway.settings;
