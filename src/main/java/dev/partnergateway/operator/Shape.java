package dev.partnergateway.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What may be kept of a caller's values: where they stand, of what kind and how long they are, and a salted hash of each
 * text, by which who knows the text finds the call again. The salt belongs to the installation; hashes of two installations
 * have nothing to do with each other. Attributes, of which many have few possible values, get no hash.
 */
final class Shape {

    /** Of a call of a thousand parts the first say enough. */
    private static final int MOST_VALUES = 60;

    private static final int DEEPEST = 6;
    private static final int MOST_ITEMS = 3;
    private static final int LONGEST_HASHED = 1000;
    private static final int HASH_DIGITS = 12;
    private static final int SALT_BYTES = 16;

    /** Talon.One's own numbers of what an operator has set up there: they name no person. */
    private static final Set<String> NUMBERS =
            Set.of("applicationid", "campaignid", "loyaltyprogramid", "application_id", "campaign_id");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.$-]{1,60}");
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]{0,1000}\"|'[^']{0,1000}'|`[^`]{0,1000}`");
    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>()]{1,200}@[^\\s<>()]{1,200}");

    /** Letters and digits mixed, as codes and ids are, and long numbers. */
    private static final Pattern CODE =
            Pattern.compile("(?<![A-Za-z0-9/_.-])(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{6,}(?![A-Za-z0-9_-])");

    private static final String HIDDEN = "«…»";

    private final long k0;
    private final long k1;

    /**
     * Takes a salt.
     *
     * @param salt 16 random bytes
     */
    Shape(byte[] salt) {
        ByteBuffer key = ByteBuffer.wrap(salt, 0, SALT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        k0 = key.getLong();
        k1 = key.getLong();
    }

    /**
     * The shape of a call.
     *
     * @param secret a text of which not even the hash is kept; null = there is none
     * @param hashes gets the hash of every text that has one
     */
    ObjectNode of(JsonNode call, String secret, Collection<String> hashes) {
        ObjectNode shape = JsonNodeFactory.instance.objectNode();
        int[] left = {MOST_VALUES};
        for (Map.Entry<String, JsonNode> part : call.properties()) {
            if (!part.getValue().isEmpty() || part.getValue().isValueNode()) {
                shape.set(part.getKey(), of(part.getKey(), part.getValue(), secret, true, DEEPEST, left, hashes));
            }
        }
        return shape;
    }

    private JsonNode of(
            String name,
            JsonNode value,
            String secret,
            boolean hashed,
            int depth,
            int[] left,
            Collection<String> hashes) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (value.isObject() && depth > 0) {
            ObjectNode shape = json.objectNode();
            boolean open = hashed && !name.toLowerCase(Locale.ROOT).endsWith("attributes");
            int more = 0;
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                if (left[0] <= 0) {
                    more++;
                } else {
                    left[0]--;
                    String known = NAME.matcher(member.getKey()).matches() ? member.getKey() : "(another name)";
                    shape.set(known, of(member.getKey(), member.getValue(), secret, open, depth - 1, left, hashes));
                }
            }
            return more == 0 ? shape : shape.put("…", more + " more");
        }
        if (value.isArray() && depth > 0) {
            ArrayNode shape = json.arrayNode();
            for (int i = 0; i < Math.min(value.size(), MOST_ITEMS) && left[0] > 0; i++) {
                left[0]--;
                shape.add(of(name, value.get(i), secret, hashed, depth - 1, left, hashes));
            }
            return value.size() > shape.size() ? shape.add((value.size() - shape.size()) + " more") : shape;
        }
        if (value.isTextual()) {
            return json.textNode(ofText(value.textValue(), secret, hashed, hashes));
        }
        if (value.isIntegralNumber() && NUMBERS.contains(name.toLowerCase(Locale.ROOT))) {
            return value;
        }
        return json.textNode(value.getNodeType().name().toLowerCase(Locale.ROOT));
    }

    private String ofText(String text, String secret, boolean hashed, Collection<String> hashes) {
        String shape = "text of " + text.length();
        if (!hashed || text.isEmpty() || text.length() > LONGEST_HASHED || text.equals(secret)) {
            return shape;
        }
        String hash = hash(text);
        hashes.add(hash);
        return shape + " #" + hash;
    }

    /** A text of the gateway or of Talon.One about a call, without what may be the caller's or a code. */
    String masked(String text, JsonNode call) {
        String masked = text;
        if (call != null) {
            int[] left = {MOST_VALUES};
            masked = without(masked, call, left);
        }
        masked = QUOTED.matcher(masked).replaceAll(HIDDEN);
        masked = ADDRESS.matcher(masked).replaceAll(HIDDEN);
        return CODE.matcher(masked).replaceAll(HIDDEN);
    }

    private static String without(String text, JsonNode value, int[] left) {
        if (value.isTextual()) {
            String own = value.textValue();
            return own.length() > 2 && own.length() <= LONGEST_HASHED ? text.replace(own, HIDDEN) : text;
        }
        String masked = text;
        for (JsonNode part : value) {
            if (left[0]-- <= 0) {
                break;
            }
            masked = without(masked, part, left);
        }
        return masked;
    }

    /** What stands for a text: 12 hexadecimal digits. */
    String hash(String text) {
        String digits = Long.toHexString(sipHash(text.getBytes(StandardCharsets.UTF_8)));
        return ("0".repeat(16 - digits.length()) + digits).substring(0, HASH_DIGITS);
    }

    /** SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash for short texts that costs next to nothing. */
    private long sipHash(byte[] message) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        int words = message.length / 8;
        ByteBuffer words8 = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i <= words + 2; i++) {
            long word = 0;
            if (i < words) {
                word = words8.getLong();
            } else if (i == words) {
                word = (long) message.length << 56;
                for (int j = words * 8; j < message.length; j++) {
                    word |= (message[j] & 0xffL) << (8 * (j - words * 8));
                }
            } else if (i == words + 1) {
                v2 ^= 0xff;
            }
            boolean message8 = i <= words;
            v3 ^= message8 ? word : 0;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= message8 ? word : 0;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
