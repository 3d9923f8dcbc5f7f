/**
 * The gateway's memory: an embedded SQLite file or PostgreSQL behind the same statements.
 * {@link dev.partnergateway.store.Store} runs them; every statement is a {@link dev.partnergateway.store.Sql} constant of
 * the room that needs it, so that a test can ask both databases for its plan. {@link dev.partnergateway.store.Seal}
 * encrypts what is personal.
 */
package dev.partnergateway.store;
