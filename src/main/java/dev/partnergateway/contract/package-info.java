/**
 * The contract of an integration: its OpenAPI 3.0 file, compiled once and applied to every call.
 *
 * <p>What a file can say beyond plain OpenAPI (all of it: CONTRIBUTING.md; what it means to callers:
 * docs/behaviour.md):
 *
 * <ul>
 *   <li>{@code x-deployment: true} on a parameter or body property: its text says which deployment the call is for
 *       (docs/behaviour.md#addresses). When it is required and missing, that is all the violation says.
 *   <li>{@code x-credential: true} on a body property: its text is the caller's key (#keys). When it is missing, the
 *       answer is left to the step that verifies keys.
 *   <li>{@code x-dry-run: true} on a boolean header parameter: the call asks for no change (#dry-run).
 *   <li>{@code x-attributes: true} on an object, as a body property or a query parameter: collects the members beside
 *       it, or the query parameters, whose names start with a dot or an underscore (#attributes).
 *   <li>{@code x-aliases: [name]} on a body property, query or header parameter: other spellings of its name.
 *   <li>{@code x-characters: true} on an array of strings: a plain string means one entry per character (#coercion).
 *   <li>{@code x-platform} at the root: a text that the contract passes on.
 *   <li>{@code x-proof: {campaign: pointer}} on an operation: where its calls name what has to be proven of their
 *       callers ({@link dev.partnergateway.contract.Proof}).
 * </ul>
 *
 * <p>An extension or keyword that would not be obeyed stops the compilation with a sentence that names it.
 */
package dev.partnergateway.contract;
