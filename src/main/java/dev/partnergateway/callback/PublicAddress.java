package dev.partnergateway.callback;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Tells addresses that anybody on the internet may be reached at from those that only the gateway's own network could
 * mean (IANA special-purpose address registries, RFC 6890).
 */
public final class PublicAddress {

    /**
     * Not public, though unicast: this network, private, shared, loopback, link-local, protocol, documentation, tests.
     */
    private static final List<Range> CLOSED_4 = List.of(
            new Range("0.0.0.0", 8),
            new Range("10.0.0.0", 8),
            new Range("100.64.0.0", 10),
            new Range("127.0.0.0", 8),
            new Range("169.254.0.0", 16),
            new Range("172.16.0.0", 12),
            new Range("192.0.0.0", 24),
            new Range("192.0.2.0", 24),
            new Range("192.88.99.0", 24),
            new Range("192.168.0.0", 16),
            new Range("198.18.0.0", 15),
            new Range("198.51.100.0", 24),
            new Range("203.0.113.0", 24),
            new Range("224.0.0.0", 3));

    /** All of today's global unicast; loopback, unique-local, link-local, multicast and NAT64 are outside. */
    private static final Range OPEN_6 = new Range("2000::", 3);

    /**
     * Inside of it, but protocol assignments (Teredo, ORCHID, benchmarks), documentation or IPv4 in disguise (6to4).
     */
    private static final List<Range> CLOSED_6 = List.of(
            new Range("2001::", 23), new Range("2001:db8::", 32), new Range("2002::", 16), new Range("3fff::", 20));

    private record Range(byte[] network, int bits) {

        Range(String network, int bits) {
            this(literal(network), bits);
        }

        private static byte[] literal(String text) {
            try {
                return InetAddress.getByName(text).getAddress();
            } catch (java.net.UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }

        boolean holds(byte[] address) {
            int whole = bits / 8;
            for (int i = 0; i < whole; i++) {
                if (address[i] != network[i]) {
                    return false;
                }
            }
            int rest = bits % 8;
            return rest == 0 || (address[whole] & 0xff) >> (8 - rest) == (network[whole] & 0xff) >> (8 - rest);
        }
    }

    private PublicAddress() {}

    /** Whether an address is public; an IPv4 address written as IPv6 counts as IPv4. */
    public static boolean is(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return CLOSED_4.stream().noneMatch(range -> range.holds(bytes));
        }
        return OPEN_6.holds(bytes) && CLOSED_6.stream().noneMatch(range -> range.holds(bytes));
    }
}
