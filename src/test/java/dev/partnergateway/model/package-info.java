/**
 * Every order in which callers, a sweeper and an operator can meet at one key, tried out with the real code on real
 * databases: each statement and each call of Talon.One is a step that a scheduler lets happen, or not. See
 * docs/reliability.md.
 */
package dev.partnergateway.model;
