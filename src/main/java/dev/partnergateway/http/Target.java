package dev.partnergateway.http;

import dev.partnergateway.http.RequestDecoder.BadHead;

/** The target in the first line of a request, in its four forms (RFC 9112 3.2). */
final class Target {

    private static final String MALFORMED = "This is not a well-formed HTTP request: ";

    private Target() {}

    /**
     * Path and query of a target, as they came.
     *
     * @return a text that begins with {@code /}, or {@code *} (about the server as a whole)
     * @throws BadHead 400 when it is none of the forms that the method may have; 501 for a tunnel
     */
    static String originForm(String method, String target) {
        if (method.equals("CONNECT")) {
            throw new BadHead(501, "Tunnels are not offered here");
        }
        if (target.indexOf('#') >= 0) {
            throw new BadHead(400, MALFORMED + "its address has a #");
        }
        if (target.startsWith("/") || target.equals("*") && method.equals("OPTIONS")) {
            return target;
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
