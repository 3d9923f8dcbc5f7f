package dev.partnergateway.model;

/** Finger prints of what was met: 64 bits, so that no two of a million are the same by chance. */
final class Print {

    private static final long PRIME = 0x100000001b3L;

    private Print() {}

    static long of(long before, String text, long... numbers) {
        long print = before ^ 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            print = (print ^ text.charAt(i)) * PRIME;
        }
        for (long number : numbers) {
            print = (print ^ number) * PRIME;
            print ^= print >>> 29;
        }
        return print;
    }
}
