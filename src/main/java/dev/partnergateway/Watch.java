package dev.partnergateway;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Looks again and again whether the parts are there without which no call is answered: threads that read and write
 * connections, ports, clients. One that is gone, or does not answer so many times, is reported.
 */
final class Watch implements AutoCloseable {

    private static final int CONNECT_MILLIS = 1000;

    /** What is looked at; empty = it is there, else what is to be said of it. */
    private interface Part {
        Optional<String> missing();
    }

    private static final class Watched {

        private final Part part;
        private int missed;

        Watched(Part part) {
            this.part = part;
        }
    }

    private final Duration pause;
    private final int patience;
    private final Consumer<String> gone;
    private final List<Watched> parts = new ArrayList<>();
    private final Thread thread = new Thread(this::watch, "watch");
    private volatile boolean over;

    /**
     * Prepares to watch.
     *
     * @param pause between two looks
     * @param patience looks after which what was missing in all of them is gone; not a time, because a process that was
     *     stopped for a while has not looked
     * @param gone is told what
     */
    Watch(Duration pause, int patience, Consumer<String> gone) {
        this.pause = pause;
        this.patience = patience;
        this.gone = gone;
        thread.setDaemon(true);
    }

    /** Something that works, or never will again. */
    Watch on(String what, BooleanSupplier works) {
        return add(() -> works.getAsBoolean() ? Optional.empty() : Optional.of(what));
    }

    /** A thread that must never be busy for long. */
    Watch onLoop(Executor loop) {
        return add(new Part() {
            private volatile boolean asked;

            @Override
            public Optional<String> missing() {
                boolean silent = asked;
                if (!silent) {
                    asked = true;
                    try {
                        loop.execute(() -> asked = false);
                    } catch (RejectedExecutionException closed) {
                        asked = false;
                        return Optional.of("a thread that serves connections has ended");
                    }
                }
                return silent ? Optional.of("a thread that serves connections is stuck") : Optional.empty();
            }
        });
    }

    /**
     * A port of this process. Only a connection that is refused says that nobody listens: others fail because there is too
     * much of something, which passes.
     */
    Watch onPort(String host, int port) {
        return add(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(reachable(host), port), CONNECT_MILLIS);
            } catch (ConnectException e) {
                return String.valueOf(e.getMessage()).contains("refused")
                        ? Optional.of("nobody listens on port " + port)
                        : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            }
            return Optional.empty();
        });
    }

    private static InetAddress reachable(String host) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        return address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
    }

    private Watch add(Part part) {
        parts.add(new Watched(part));
        return this;
    }

    /** Begins to look. */
    Watch begin() {
        thread.start();
        return this;
    }

    private void watch() {
        while (!over) {
            LockSupport.parkNanos(pause.toNanos());
            for (Watched watched : parts) {
                Optional<String> missing = over ? Optional.empty() : watched.part.missing();
                watched.missed = missing.isPresent() ? watched.missed + 1 : 0;
                if (watched.missed >= patience) {
                    watched.missed = 0;
                    gone.accept(missing.get());
                }
            }
        }
    }

    /** Before anything that is watched is closed. */
    @Override
    public void close() {
        over = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CONNECT_MILLIS * 2L);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
