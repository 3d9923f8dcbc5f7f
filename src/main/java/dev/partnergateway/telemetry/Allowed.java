package dev.partnergateway.telemetry;

/** So many lines a second of a kind that anybody can cause; the others are counted. Guarded by its monitor. */
final class Allowed {

    private static final long SECOND = 1_000_000_000L;

    private final int aSecond;
    private long begun = System.nanoTime();
    private int used;
    private long leftOut;

    Allowed(int aSecond) {
        this.aSecond = aSecond;
    }

    /**
     * Asks for a line.
     *
     * @return how many were not allowed since the last one that was; negative = this one is not, either
     */
    synchronized long ask() {
        long now = System.nanoTime();
        if (now - begun >= SECOND) {
            begun = now;
            used = 0;
        }
        if (used >= aSecond) {
            leftOut++;
            return -1;
        }
        used++;
        long before = leftOut;
        leftOut = 0;
        return before;
    }
}
