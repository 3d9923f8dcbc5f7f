/**
 * A Talon.One to try things on: it speaks HTTP, keeps what it is told in memory, enforces what Talon.One enforces (limits,
 * unique codes, known attributes, keys of Applications) and misbehaves on demand. It knows nothing of the gateway's other
 * rooms, and they nothing of it; requests are checked by a validator that is not the gateway's own. Begin to read at
 * {@link dev.partnergateway.sandbox.Sandbox}.
 */
package dev.partnergateway.sandbox;
