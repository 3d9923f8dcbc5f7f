package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** The file that importCoupons takes : a header row, then one line for each coupon. */
final class CouponFile {

    /** Line on which the first coupon stands. */
    static final int FIRST_LINE = 2;

    private static final String HEADER =
            "value,startdate,expirydate,recipientintegrationid,limitval,discountlimit,attributes\r\n";

    /** Fields of createCoupons that a column or the file itself stands for. */
    private static final Set<String> FIELDS = Set.of(
            "couponPattern",
            "startDate",
            "expiryDate",
            "recipientIntegrationId",
            "usageLimit",
            "discountLimit",
            "attributes",
            "numberOfCoupons");

    private CouponFile() {}

    /**
     * Whether a coupon can be created by a file: it wants nothing that has no column, and nothing that could be read
     * differently from a file than it was given.
     *
     * @param fields body of createCoupons
     * @param pattern what its code is made of
     */
    static boolean takes(JsonNode fields, String pattern) {
        for (var field : fields.properties()) {
            boolean usual = field.getKey().equals("isReservationMandatory")
                    && !field.getValue().asBoolean(true);
            if (!FIELDS.contains(field.getKey()) && !usual) {
                return false;
            }
        }
        return plain(pattern) && plain(fields.path("recipientIntegrationId").asText(""));
    }

    /** Readers of such files differ in what they make of blanks at the ends and of line ends. */
    private static boolean plain(String text) {
        return text.equals(text.strip()) && text.chars().noneMatch(Character::isISOControl);
    }

    /**
     * Writes the file.
     *
     * @param bodies body of createCoupons for each coupon, with its literal code
     */
    static byte[] write(List<? extends JsonNode> bodies) {
        StringBuilder file = new StringBuilder(HEADER);
        for (JsonNode body : bodies) {
            cell(file, body.path("couponPattern").asText(), ',');
            cell(file, body.path("startDate").asText(""), ',');
            cell(file, body.path("expiryDate").asText(""), ',');
            cell(file, body.path("recipientIntegrationId").asText(""), ',');
            cell(file, body.path("usageLimit").asText(""), ',');
            cell(file, number(body.path("discountLimit")), ',');
            JsonNode attributes = body.path("attributes");
            cell(file, attributes.isEmpty() ? "" : attributes.toString(), '\r');
            file.append('\n');
        }
        return file.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String number(JsonNode number) {
        return number.isNumber() ? number.decimalValue().toPlainString() : "";
    }

    private static void cell(StringBuilder file, String text, char end) {
        if (!text.isEmpty()) {
            file.append('"').append(text.replace("\"", "\"\"")).append('"');
        }
        file.append(end);
    }
}
