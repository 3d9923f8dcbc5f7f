package dev.partnergateway.access;

import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Authentication;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a partner's key from where its family puts it. */
final class Credentials {

    /** Visible ASCII only: anything else could not stand in a header on the way to Talon.One. */
    private static final String KEY = "([!-~]{1,512})";

    private static final Pattern API_KEY = Pattern.compile("(?i)ApiKey-v1 +" + KEY + " *");
    private static final Pattern BASIC = Pattern.compile("(?i)Basic +([A-Za-z0-9+/]{1,1024}={0,2}) *");

    /** Both {@code ApiKey-v1 KEY:} and {@code ApiKey-v1:KEY} are in the wild. */
    private static final Pattern BASIC_CONTENT = Pattern.compile("(?i)ApiKey-v1(?: +([!-9;-~]{1,512}):|:" + KEY + ")");

    private static final Pattern PLAIN = Pattern.compile(KEY);

    private Credentials() {}

    /**
     * Reads the key.
     *
     * @param authorization values of the {@code Authorization} header
     * @param inBody what the body holds, for integrations that send the key there
     * @throws Refusal 401 when it is missing or malformed, 400 when there are two
     */
    static Credential read(Authentication authentication, List<String> authorization, String inBody) {
        if (authentication == Authentication.BODY) {
            return key(PLAIN.matcher(inBody == null ? "" : inBody.strip()), 1);
        }
        if (authorization.size() > 1) {
            throw Refusal.of(400, "header Authorization: expected one value, got several");
        }
        String value = authorization.isEmpty() ? "" : authorization.get(0).strip();
        if (authentication == Authentication.API_KEY) {
            return key(API_KEY.matcher(value), 1);
        }
        Matcher basic = BASIC.matcher(value);
        if (!basic.matches()) {
            throw missing();
        }
        Matcher content;
        try {
            content = BASIC_CONTENT.matcher(
                    new String(Base64.getDecoder().decode(basic.group(1)), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw missing();
        }
        return key(content, content.matches() && content.group(1) != null ? 1 : 2);
    }

    private static Credential key(Matcher matcher, int group) {
        if (!matcher.matches()) {
            throw missing();
        }
        return new Credential(matcher.group(group));
    }

    private static Refusal missing() {
        return Refusal.of(401, "Missing Session Token");
    }
}
