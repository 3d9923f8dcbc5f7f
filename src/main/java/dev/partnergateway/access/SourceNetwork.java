package dev.partnergateway.access;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Whom an address stands for: an IPv4 address for itself, an IPv6 address for its network of 64 bits, in which one person
 * has all addresses there are. It is read as proxies write it: with a port, in brackets, in quotes, with a zone.
 */
final class SourceNetwork {

    private static final int NETWORK_BYTES = 8;
    private static final int LONGEST = 64;

    private SourceNetwork() {}

    /**
     * The network of an address.
     *
     * @param text as it was received; what is no address stands for itself
     */
    static String of(String text) {
        String address = bare(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
        // Only what consists of digits is never looked up as a name.
        boolean numbers = address.indexOf(':') >= 0
                ? address.matches("[0-9A-Fa-f:.]+")
                : address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        if (!numbers) {
            return address;
        }
        try {
            InetAddress parsed = InetAddress.getByName(address);
            // An IPv4 address that is written as one of IPv6 comes out as one of IPv4.
            return parsed instanceof Inet4Address
                    ? parsed.getHostAddress()
                    : HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES)) + "/64";
        } catch (UnknownHostException e) {
            return address;
        }
    }

    private static String bare(String text) {
        String address = text.strip();
        if (address.length() > 1 && address.startsWith("\"") && address.endsWith("\"")) {
            address = address.substring(1, address.length() - 1).strip();
        }
        if (address.startsWith("[")) {
            int end = address.indexOf(']');
            address = address.substring(1, end < 0 ? address.length() : end);
        } else if (address.indexOf(':') >= 0 && address.indexOf(':') == address.lastIndexOf(':')) {
            address = address.substring(0, address.indexOf(':'));
        }
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }
}
