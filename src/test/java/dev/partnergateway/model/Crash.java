package dev.partnergateway.model;

/** The end of a process, for the thread of one that ends: nothing that it does from now on has an effect. */
final class Crash extends Error {

    private static final long serialVersionUID = 1L;

    Crash() {
        super("the process has ended", null, false, false);
    }
}
