package dev.partnergateway.sandbox;

/** Carries out one operation. */
@FunctionalInterface
interface Handler {

    /**
     * @throws Refusal when Talon.One would not carry the call out; nothing has been changed then
     */
    Answer handle(Call call);
}
