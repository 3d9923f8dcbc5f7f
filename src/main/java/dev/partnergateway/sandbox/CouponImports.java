package dev.partnergateway.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Creation of coupons from a file: all rows or none. */
final class CouponImports {

    private static final Set<String> COLUMNS = Set.of(
            "value", "startdate", "expirydate", "recipientintegrationid", "limitval", "discountlimit", "attributes");
    private static final int SHORTEST_CODE = 3;
    private static final int LONGEST_RECIPIENT = 1000;
    private static final int HIGHEST_LIMIT = 999_999;
    private static final BigDecimal HIGHEST_DISCOUNT = new BigDecimal("1000000000000000");

    private final World world;
    private final Coupons coupons;
    private final Attributes attributes;

    CouponImports(World world, Coupons coupons, Attributes attributes) {
        this.world = world;
        this.coupons = coupons;
        this.attributes = attributes;
    }

    Answer create(Call call) {
        ObjectNode campaign = coupons.campaignWithCoupons(call);
        List<Csv.Row> rows =
                Csv.read(call.file().startsWith("\uFEFF") ? call.file().substring(1) : call.file());
        List<String> header = header(rows);
        ArrayNode errors = Json.array();
        List<ObjectNode> wanted = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Csv.Row row : rows.subList(1, rows.size())) {
            ObjectNode coupon = read(header, row, errors);
            String code = coupon.path("value").asText();
            if (world.coupon(code) == null && taken.add(code.toLowerCase(Locale.ROOT))) {
                wanted.add(coupon);
            } else if (!call.is("skipDuplicates")) {
                bad(errors, row, Coupons.DUPLICATE, "There is a coupon '" + code + "'");
            }
        }
        if (!errors.isEmpty()) {
            throw Refusal.badRequest(errors);
        }
        int id = world.nextId("import");
        String batch = "batch-" + world.nextId("batch");
        for (ObjectNode row : wanted.subList(0, world.carriedOut(wanted.size()))) {
            ObjectNode coupon = coupons.coupon(
                    campaign.path("id").asInt(), row.path("value").asText(), row);
            Json.copy(row, coupon, "recipientIntegrationId");
            world.addCoupon(new Coupon(coupon.put("importId", id).put("batchId", batch)));
        }
        return Answer.ok(Json.object()
                .put("id", id)
                .put("created", world.now())
                .put("accountId", Seed.ACCOUNT)
                .put("userId", 1)
                .put("entity", "Coupon")
                .put("amount", wanted.size()));
    }

    private static List<String> header(List<Csv.Row> rows) {
        if (rows.isEmpty()) {
            throw Csv.broken(1, "The file is empty");
        }
        List<String> header = rows.get(0).cells().stream()
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
        for (String name : header) {
            if (!COLUMNS.contains(name)) {
                throw Csv.broken(1, "There is no column '" + name + "'");
            }
        }
        if (!header.contains("value")) {
            throw Csv.broken(1, "The column 'value' is needed");
        }
        if (new HashSet<>(header).size() < header.size()) {
            throw Csv.broken(1, "A column stands twice");
        }
        return header;
    }

    private ObjectNode read(List<String> header, Csv.Row row, ArrayNode errors) {
        ObjectNode coupon = Json.object().put("usageLimit", 1);
        if (row.cells().size() != header.size()) {
            bad(errors, row, "Invalid", "The row has another number of cells than the header");
            return coupon;
        }
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
            if (!row.cells().get(i).isBlank()) {
                cells.put(header.get(i), row.cells().get(i).strip());
            }
        }
        String code = cells.getOrDefault("value", "");
        coupon.put("value", code);
        if (code.length() < SHORTEST_CODE) {
            bad(errors, row, "Invalid", "value has at least 3 characters");
        }
        date(cells, "startdate", "startDate", coupon, row, errors);
        date(cells, "expirydate", "expiryDate", coupon, row, errors);
        String recipient = cells.get("recipientintegrationid");
        if (recipient != null && recipient.length() > LONGEST_RECIPIENT) {
            bad(errors, row, "Invalid", "recipientintegrationid has at most 1000 characters");
        } else if (recipient != null) {
            coupon.put("recipientIntegrationId", recipient);
        }
        numbers(cells, coupon, row, errors);
        if (cells.containsKey("attributes")) {
            attributes(cells.get("attributes"), coupon, row, errors);
        }
        return coupon;
    }

    private static void date(
            Map<String, String> cells, String column, String member, ObjectNode coupon, Csv.Row row, ArrayNode errors) {
        String text = cells.get(column);
        if (text != null && !Times.readable(text)) {
            bad(errors, row, "Invalid", column + " is not an RFC 3339 time");
        } else if (text != null) {
            coupon.put(member, text);
        }
    }

    private static void numbers(Map<String, String> cells, ObjectNode coupon, Csv.Row row, ArrayNode errors) {
        String limit = cells.get("limitval");
        if (limit != null && (!limit.matches("\\d{1,6}") || Integer.parseInt(limit) > HIGHEST_LIMIT)) {
            bad(errors, row, "Invalid", "limitval is a whole number from 0 to 999999");
        } else if (limit != null) {
            coupon.put("usageLimit", Integer.parseInt(limit));
        }
        String discount = cells.get("discountlimit");
        if (discount == null) {
            return;
        }
        if (!discount.matches("\\d{1,16}(\\.\\d+)?") || new BigDecimal(discount).compareTo(HIGHEST_DISCOUNT) > 0) {
            bad(errors, row, "Invalid", "discountlimit is a number from 0 to 1000000000000000");
        } else {
            coupon.put("discountLimit", new BigDecimal(discount));
        }
    }

    private void attributes(String text, ObjectNode coupon, Csv.Row row, ArrayNode errors) {
        JsonNode values;
        try {
            values = Json.read(text);
        } catch (JsonProcessingException e) {
            values = Json.array();
        }
        if (!values.isObject()) {
            bad(errors, row, "Invalid", "attributes is not a JSON object");
            return;
        }
        ArrayNode own = Json.array();
        attributes.check("Coupon", null, false, values, "/attributes", own);
        for (JsonNode error : own) {
            bad(
                    errors,
                    row,
                    error.path("title").asText(),
                    error.path("details").asText() + " ("
                            + error.path("source").path("pointer").asText() + ")");
        }
        coupon.set("attributes", values);
    }

    private static void bad(ArrayNode errors, Csv.Row row, String title, String details) {
        Refusal.add(errors, title, details, "line", String.valueOf(row.line()));
    }
}
