package dev.partnergateway;

import dev.partnergateway.command.Commands;
import dev.partnergateway.command.House;
import dev.partnergateway.settings.Settings;

/** The process. */
public final class PartnerGateway {

    static final House HOUSE = new House() {
        @Override
        public Running start(Settings settings) throws Exception {
            return Gateway.start(settings);
        }

        @Override
        public Rehearsal rehearse(Settings deadlines, boolean traced) throws Exception {
            return dev.partnergateway.Rehearsal.start(deadlines, traced);
        }
    };

    private PartnerGateway() {}

    /**
     * Carries out a command; without one the gateway is started.
     *
     * @param arguments see {@link Commands}
     */
    public static void main(String[] arguments) {
        System.exit(Commands.run(HOUSE, arguments));
    }
}
