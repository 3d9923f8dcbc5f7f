package dev.partnergateway.http;

import dev.partnergateway.http.RequestDecoder.BadHead;

/**
 * The target in the first line of a request, in its four forms (RFC 9112 3.2).
 *
 * @param path path and query as they came: begins with {@code /}, or is {@code *} (about the server as a whole)
 * @param host the host that a whole address names, with its port; null where the target is no whole address
 */
record Target(String path, String host) {

    private static final String MALFORMED = "This is not a well-formed HTTP request: ";

    /**
     * Reads a target.
     *
     * @throws BadHead 400 when it is none of the forms that the method may have; 501 for a tunnel
     */
    static Target of(String method, String target) {
        if (method.equals("CONNECT")) {
            throw new BadHead(501, "Tunnels are not offered here");
        }
        if (target.indexOf('#') >= 0) {
            throw new BadHead(400, MALFORMED + "its address has a #");
        }
        if (target.startsWith("/") || target.equals("*") && method.equals("OPTIONS")) {
            return new Target(target, null);
        }
        int authority = authority(target);
        int end = authority;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            if (target.charAt(end) == '@') {
                throw new BadHead(400, MALFORMED + "its address names a user");
            }
            end++;
        }
        if (end == authority) {
            throw new BadHead(400, MALFORMED + "its address has no host");
        }
        String rest = target.substring(end);
        return new Target(path(method, rest), target.substring(authority, end));
    }

    private static String path(String method, String rest) {
        if (rest.isEmpty()) {
            return method.equals("OPTIONS") ? "*" : "/";
        }
        return rest.startsWith("?") ? '/' + rest : rest;
    }

    /** Where the host begins. */
    private static int authority(String target) {
        for (String scheme : new String[] {"http://", "https://"}) {
            if (target.regionMatches(true, 0, scheme, 0, scheme.length())) {
                return scheme.length();
            }
        }
        throw new BadHead(400, MALFORMED + "its address must begin with /");
    }
}
