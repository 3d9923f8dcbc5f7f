package dev.partnergateway;

import dev.partnergateway.command.Commands;

/** The process. */
public final class PartnerGateway {

    private PartnerGateway() {}

    /**
     * Carries out a command; without one the gateway is started.
     *
     * @param arguments see {@link Commands}
     */
    public static void main(String[] arguments) {
        System.exit(Commands.run(Gateway::start, arguments));
    }
}
