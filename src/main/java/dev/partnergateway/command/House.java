package dev.partnergateway.command;

import dev.partnergateway.settings.Settings;
import org.apache.camel.CamelContext;

/** What the commands cannot do themselves, because all rooms come together above theirs. */
public interface House {

    /**
     * Starts a gateway in the working directory.
     *
     * @throws Exception when any part of it cannot start; nothing is left running then
     */
    Running start(Settings settings) throws Exception;

    /**
     * Starts a gateway with the integrations of the working directory beside a sandbox, to try them on.
     *
     * @param deadlines whose deadlines of integrations hold; nothing else of the operator's is used
     * @param traced whether Camel's tracer keeps every step of a call
     * @throws Exception when an integration cannot be loaded
     */
    default Rehearsal rehearse(Settings deadlines, boolean traced) throws Exception {
        throw new IllegalStateException("nothing can be rehearsed here");
    }

    /** A gateway beside a sandbox, until it is closed. */
    interface Rehearsal extends AutoCloseable {

        /** Port that partners call. */
        int port();

        /** Port of the sandbox. */
        int sandboxPort();

        /** Camel's context, whose tracer has the steps of calls. */
        CamelContext camel();

        /** Stops it and forgets all of it. */
        @Override
        void close();
    }

    /** A gateway that runs until it is closed. */
    interface Running extends AutoCloseable {

        /** Where things are, for a person who has just started it. */
        String where();

        /** Stops it, after the calls that run. */
        @Override
        void close();
    }
}
