package dev.partnergateway.callback;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Looks up hosts for callbacks and gives only public addresses; what it gives is what is dialled. An IP address comes
 * here only when the operator has written that very address into {@code callback-hosts}, and may be any.
 */
final class CheckedResolver implements DnsResolver {

    private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        if (IPV4.matcher(host).matches() || host.indexOf(':') >= 0) {
            return addresses;
        }
        for (InetAddress address : addresses) {
            if (!PublicAddress.is(address)) {
                throw new UnknownHostException(host + " is not a public address");
            }
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
