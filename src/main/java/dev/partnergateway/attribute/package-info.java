/**
 * Custom attributes: which ones a deployment knows and of which type, and what becomes of those that it does not know
 * (refused, left out, or created where the operator allows it).
 */
package dev.partnergateway.attribute;
