package dev.partnergateway.operator;

import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Port;
import dev.partnergateway.http.Request;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who is let in on the operator's port. Any page that the operator's browser shows can send requests to a port of his
 * machine, so an address of this machine alone proves nothing:
 *
 * <ul>
 *   <li>a request has to name a host of this port, or else a foreign name leads here (DNS rebinding);
 *   <li>it must not come from a page of another origin;
 *   <li>a decision says that it is JSON, which a form, and a foreign page that has not asked before, cannot;
 *   <li>it has the token, where there is one; the files of the {@link Site}, with which a browser asks for the token, need
 *       none.
 * </ul>
 */
final class Admission implements Port.Guard {

    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9a-f:.]{2,45}]|[a-z0-9._-]{1,253})(:[0-9]{1,5})?");
    private static final Pattern JSON = Pattern.compile("(?i)application/json *(; *charset=\"?utf-8\"?)?");
    private static final Pattern BEARER = Pattern.compile("(?i)Bearer +([^ ]+)");

    private final Set<String> hosts = new HashSet<>(List.of("localhost", "127.0.0.1", "[::1]"));
    private final Optional<Secret> token;

    Admission(Settings settings) {
        String host = settings.operatorHost().toLowerCase(Locale.ROOT);
        hosts.add(host.contains(":") ? '[' + host + ']' : host);
        this.token = settings.operatorToken();
    }

    @Override
    public Answer refusal(Request head) {
        if (!isHere(head)) {
            return Answer.refusal(421, "header Host: expected localhost, or what gateway.operator-host says");
        }
        if (!isFromHere(head)) {
            return Answer.refusal(403, "Pages of other origins get no answer here");
        }
        if (token.isPresent() && !Site.isFor(head) && !knows(head, token.get())) {
            return Answer.refusal(401, "header Authorization: expected Bearer and the token of gateway.operator-token")
                    .with("WWW-Authenticate", "Bearer");
        }
        if (!head.reads() && !isJson(head)) {
            return Answer.refusal(415, "header Content-Type: expected application/json, also without a body");
        }
        return null;
    }

    private boolean isHere(Request head) {
        List<String> named = head.header("Host");
        if (named.size() != 1) {
            return false;
        }
        var authority = AUTHORITY.matcher(named.get(0).toLowerCase(Locale.ROOT));
        return authority.matches() && hosts.contains(authority.group(1));
    }

    /** What no browser sent has neither header. */
    private static boolean isFromHere(Request head) {
        String host = head.header("Host").get(0);
        return head.header("Origin").stream()
                        .allMatch(origin ->
                                origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host))
                && head.header("Sec-Fetch-Site").stream()
                        .allMatch(site -> site.equals("same-origin") || site.equals("none"));
    }

    private static boolean isJson(Request head) {
        List<String> types = head.header("Content-Type");
        return types.size() == 1 && JSON.matcher(types.get(0)).matches();
    }

    private static boolean knows(Request head, Secret token) {
        List<String> given = head.header("Authorization");
        if (given.size() != 1) {
            return false;
        }
        var bearer = BEARER.matcher(given.get(0));
        String expected = token.value();
        return bearer.matches()
                && Settings.isToken(expected)
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8),
                        bearer.group(1).getBytes(StandardCharsets.UTF_8));
    }
}
