package dev.partnergateway.settings;

/** A setting is wrong or unknown; the message is a sentence for the operator that names it. */
public final class SettingsException extends RuntimeException {

    /**
     * Reports wrong settings.
     *
     * @param message what to fix; holds no secret
     */
    public SettingsException(String message) {
        super(message);
    }
}
