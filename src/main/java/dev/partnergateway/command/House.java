package dev.partnergateway.command;

import dev.partnergateway.settings.Settings;

/** What the commands cannot do themselves, because all rooms come together above theirs. */
public interface House {

    /**
     * Starts a gateway in the working directory.
     *
     * @throws Exception when any part of it cannot start; nothing is left running then
     */
    Running start(Settings settings) throws Exception;

    /** A gateway that runs until it is closed. */
    interface Running extends AutoCloseable {

        /** Where things are, for a person who has just started it. */
        String where();

        /** Stops it, after the calls that run. */
        @Override
        void close();
    }
}
