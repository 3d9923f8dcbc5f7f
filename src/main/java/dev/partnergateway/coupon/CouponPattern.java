package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.access.Campaign;
import dev.partnergateway.call.Refusal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes literal coupon codes. The gateway draws them itself, because a literal code can be looked up after a crash
 * .
 *
 * @param text pattern; each {@code #} stands for one character
 * @param characters what may stand for it
 */
record CouponPattern(String text, List<String> characters) {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String DEFAULT = "####-####";
    private static final String DEFAULT_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final int SHORTEST_CODE = 4;

    /**
     * Takes pattern and characters from the request, else from the campaign, else the defaults.
     *
     * @throws Refusal 400 when the codes would be too short
     */
    static CouponPattern of(ObjectNode body, Campaign campaign) {
        String text = body.path("couponPattern").asText("");
        if (text.isEmpty()) {
            text = campaign.couponPattern().isEmpty() ? DEFAULT : campaign.couponPattern();
        }
        if (text.length() < SHORTEST_CODE) {
            throw Refusal.of(400, "/couponPattern: expected a pattern of at least 4 characters");
        }
        List<String> characters = new ArrayList<>();
        for (JsonNode character : body.path("validCharacters")) {
            characters.add(character.asText());
        }
        if (characters.isEmpty()) {
            characters.addAll(campaign.couponCharacters());
        }
        if (characters.isEmpty()) {
            DEFAULT_CHARACTERS.chars().forEach(c -> characters.add(String.valueOf((char) c)));
        }
        return new CouponPattern(text, List.copyOf(characters));
    }

    /** Reads what {@link #write} wrote. */
    static CouponPattern read(ObjectNode content) {
        List<String> characters = new ArrayList<>();
        content.path("characters").forEach(character -> characters.add(character.asText()));
        return new CouponPattern(content.path("pattern").asText(), List.copyOf(characters));
    }

    /** Writes the pattern down, so that a taken code can be replaced later. */
    void write(ObjectNode content) {
        content.put("pattern", text);
        characters.forEach(content.putArray("characters")::add);
    }

    /** Whether every code would be the same. */
    boolean fixed() {
        return text.indexOf('#') < 0;
    }

    /** A new code. */
    String draw() {
        StringBuilder code = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '#') {
                code.append(characters.get(RANDOM.nextInt(characters.size())));
            } else {
                code.append(text.charAt(i));
            }
        }
        return code.toString();
    }
}
