/**
 * The operator's settings: every key with its type, default and range, from the command line, the environment and
 * {@code application.properties}, and values that are read from files again when those change.
 *
 * <p>{@link dev.partnergateway.settings.Key} is one setting, {@link dev.partnergateway.settings.Settings} are all of them,
 * read once and checked before anything starts; {@link dev.partnergateway.settings.Secret} is a value that is never
 * printed. Begin to read at {@code Settings.load}.
 */
package dev.partnergateway.settings;
