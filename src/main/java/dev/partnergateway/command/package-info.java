/** The commands of the jar: each reads the settings it needs, prints for people or as JSON, and ends with an exit code. */
package dev.partnergateway.command;
