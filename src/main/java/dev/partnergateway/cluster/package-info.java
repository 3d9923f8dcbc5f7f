/**
 * What gateways on one PostgreSQL share while calls run: how many calls Talon.One still takes, and who writes which
 * profile.
 */
package dev.partnergateway.cluster;
