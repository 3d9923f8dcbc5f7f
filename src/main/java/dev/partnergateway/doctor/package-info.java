/** Finds out what works of what the settings name, without any effect: deployments, the store, brokers. */
package dev.partnergateway.doctor;
