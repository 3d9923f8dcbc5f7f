package dev.partnergateway.life;

/**
 * Failures after which a process would be half alive: out of memory, or a part is gone that nothing brings back. They go
 * to the JVM's handler of exceptions that nobody catches, which ends the process where the process is the gateway's own.
 * Whoever catches what could be one of them shows it here first, because a catch, a library's above all, hides it.
 */
public final class Fatal {

    /** More causes than any failure has; they may go round in a circle. */
    private static final int MOST_CAUSES = 50;

    private Fatal() {}

    /** A part without which nothing works is gone. */
    public static final class HalfAlive extends Error {

        private static final long serialVersionUID = 1L;

        private HalfAlive(String what) {
            super(what, null, false, false);
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }

    /** Looks whether a failure, or what caused it, is one after which nothing may be relied on. */
    public static void look(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError)) {
                report(cause);
                return;
            }
            cause = cause.getCause();
        }
    }

    /** A part without which nothing works is gone. */
    public static void gone(String what) {
        report(new HalfAlive(what));
    }

    private static void report(Throwable failure) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }
}
