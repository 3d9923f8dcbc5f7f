package dev.partnergateway.call;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the operator lets callbacks go (docs/behaviour.md#callbacks): {@code https} only unless written otherwise.
 *
 * @param scheme {@code https} or {@code http}
 * @param host name in small letters, or an IP address; IPv6 in brackets
 * @param port from 1 to 65535
 */
public record CallbackHost(String scheme, String host, int port) {

    private static final Pattern WRITTEN =
            Pattern.compile("(?:(https?)://)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?/?");
    private static final int HIGHEST_PORT = 65535;

    /**
     * Reads one entry of {@code callback-hosts}.
     *
     * @param text a host, perhaps with a port, perhaps with {@code https://} or {@code http://} in front
     * @throws IllegalArgumentException when it is something else
     */
    public static CallbackHost read(String text) {
        Matcher matcher = WRITTEN.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        String scheme = matcher.group(1) == null ? "https" : matcher.group(1);
        int port = matcher.group(3) == null ? port(scheme) : Integer.parseInt(matcher.group(3));
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException(text);
        }
        return new CallbackHost(scheme, matcher.group(2), port);
    }

    /** Whether an address is at this host. */
    public boolean holds(URI address) {
        return scheme.equalsIgnoreCase(address.getScheme())
                && host.equalsIgnoreCase(address.getHost())
                && port == (address.getPort() < 0 ? port(scheme) : address.getPort());
    }

    private static int port(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }
}
