package dev.partnergateway;

/** The process: reads the settings, starts the gateway and stops it again. */
public final class PartnerGateway {

    private PartnerGateway() {}

    /**
     * Starts the gateway.
     *
     * @param arguments not used: every setting is a property
     */
    public static void main(String[] arguments) {}
}
