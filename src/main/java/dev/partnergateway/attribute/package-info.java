/**
 * Custom attributes: which ones a deployment knows and of which type, and what becomes of those that it does not know
 * (refused, left out, or created where the operator allows it).
 *
 * <p>{@link dev.partnergateway.attribute.AttributeCatalogue} is what a deployment has, remembered for a while;
 * {@link dev.partnergateway.attribute.AttributeConversion} gives texts their types;
 * {@link dev.partnergateway.attribute.UnknownAttributes} is the step of a route that deals with the others. Begin to read
 * there; the rules are docs/behaviour.md#attributes.
 */
package dev.partnergateway.attribute;
