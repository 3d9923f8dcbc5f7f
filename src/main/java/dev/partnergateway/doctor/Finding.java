package dev.partnergateway.doctor;

/**
 * Something that was found out.
 *
 * @param of what it is about, such as {@code deployment acme}
 * @param what was looked at, such as {@code TLS}
 * @param result how it is
 * @param sentence what was seen and, where it does not work, what to do
 */
public record Finding(String of, String what, Result result, String sentence) {

    /** How something is. */
    public enum Result {
        /** It works. */
        OK,
        /** It works, but not as it should, or not all that the gateway can do does. */
        WARNING,
        /** It does not work. */
        FAILED
    }

    @Override
    public String toString() {
        String mark = result == Result.OK ? "ok     " : result == Result.WARNING ? "warning" : "FAILED ";
        return mark + "  " + of + ", " + what + ": " + sentence;
    }
}
