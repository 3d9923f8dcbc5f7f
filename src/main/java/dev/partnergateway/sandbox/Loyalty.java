package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/** Loyalty programs, their ledgers and the points in them. */
final class Loyalty {

    private static final Pattern DURATION = Pattern.compile("\\d{1,6}([smhDWMY]|D_D|[DWMY]_U)");
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_SUBLEDGER = 64;

    private final World world;
    private final Limits limits;

    Loyalty(World world, Limits limits) {
        this.world = world;
        this.limits = limits;
    }

    /** The same id for the same transaction in every fresh sandbox. */
    static String uuid(int id) {
        return UUID.nameUUIDFromBytes(("transaction " + id).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    Answer program(Call call) {
        return Answer.ok(existing(call));
    }

    private ObjectNode existing(Call call) {
        ObjectNode program = world.programs.get(call.id("loyaltyProgramId"));
        if (program == null) {
            throw Refusal.notFound("Loyalty program");
        }
        return program;
    }

    private static void requireProfileBased(ObjectNode program) {
        if (program.path("cardBased").asBoolean()) {
            throw Refusal.badRequest("Invalid", "The program is card-based", "parameter", "loyaltyProgramId");
        }
    }

    private static boolean serves(ObjectNode program, int application) {
        for (JsonNode subscribed : program.path("subscribedApplications")) {
            if (subscribed.asInt() == application) {
                return true;
            }
        }
        return false;
    }

    private Profile reachable(Call call) {
        ObjectNode program = existing(call);
        if (!serves(program, call.application())) {
            throw Refusal.notFound("Loyalty program");
        }
        requireProfileBased(program);
        return holder(call);
    }

    private Profile holder(Call call) {
        Profile profile = world.profiles.get(call.path().get("integrationId"));
        if (profile == null) {
            throw Refusal.notFound("Customer profile");
        }
        return profile;
    }

    Answer addPoints(Call call) {
        ObjectNode program = existing(call);
        requireProfileBased(program);
        JsonNode wanted = call.body();
        if (wanted.has("applicationId")
                && !serves(program, wanted.path("applicationId").intValue())) {
            throw Refusal.badRequest("Invalid", "The program is not part of it", "pointer", "/applicationId");
        }
        requireLength(wanted, "name", LONGEST_NAME);
        requireLength(wanted, "subledgerId", LONGEST_SUBLEDGER);
        String starts = bound(wanted, "pendingDuration", "pendingUntil", program.path("defaultPending"));
        String ends = bound(wanted, "validityDuration", "validUntil", program.path("defaultValidity"));
        Profile profile = holder(call);
        int id = world.nextId("transaction");
        world.addTransaction(Json.object()
                .put("id", id)
                .put("transactionUUID", uuid(id))
                .put("created", world.now())
                .put("programId", program.path("id").asInt())
                .put("type", "addition")
                .put("name", wanted.path("name").asText(""))
                .put("startDate", starts)
                .put("expiryDate", ends)
                .put("subledgerId", wanted.path("subledgerId").asText(""))
                .put("amount", wanted.path("points").decimalValue())
                .put("profileIntegrationId", profile.integrationId())
                .put("kind", "manual"));
        return Answer.nothing();
    }

    private static void requireLength(JsonNode wanted, String name, int longest) {
        if (wanted.path(name).asText("").length() > longest) {
            throw Refusal.badRequest("Invalid", "At most " + longest + " characters", "pointer", "/" + name);
        }
    }

    /** The time that a duration and a date together name; the date wins. */
    private String bound(JsonNode wanted, String durationName, String dateName, JsonNode otherwise) {
        String duration = wanted.path(durationName).asText(otherwise.asText());
        String openEnd = durationName.equals("pendingDuration") ? "on_action" : "unlimited";
        boolean named = duration.equals("immediate") || duration.equals(openEnd);
        if (!named && !DURATION.matcher(duration).matches()) {
            throw Refusal.badRequest("Invalid", "Not a duration", "pointer", "/" + durationName);
        }
        if (wanted.hasNonNull(dateName)) {
            return Times.write(Times.read(wanted.get(dateName).asText()));
        }
        if (durationName.equals("validityDuration") && duration.equals("immediate")) {
            return world.now();
        }
        return named ? duration : Times.write(Times.after(world.clock.instant(), duration));
    }

    Answer transactions(Call call) {
        Profile profile = reachable(call);
        Instant start = call.time("startDate");
        Instant end = call.time("endDate");
        String kind = call.query().get("loyaltyTransactionType");
        String subledger = call.query().get("subledgerId");
        Instant listed = world.clock.instant().minusMillis(limits.listingLagMillis());
        List<ObjectNode> found = new ArrayList<>();
        for (ObjectNode transaction : recorded(profile, call.id("loyaltyProgramId"))) {
            Instant created = Times.read(transaction.path("created").asText());
            boolean asked = !created.isAfter(listed)
                    && (start == null || !created.isBefore(start))
                    && (end == null || !created.isAfter(end))
                    && (kind == null || transaction.path("kind").asText().equals(kind))
                    && (subledger == null
                            || transaction.path("subledgerId").asText().equals(subledger));
            if (asked) {
                ObjectNode copy = transaction.deepCopy();
                copy.remove(List.of("kind", "profileIntegrationId"));
                found.add(copy);
            }
        }
        Collections.reverse(found);
        return Answer.page(found, call.number("skip", 0), call.number("pageSize", 50));
    }

    private List<ObjectNode> recorded(Profile profile, int program) {
        return world.transactionsByProfile.getOrDefault(profile.integrationId(), List.of()).stream()
                .filter(t -> t.path("programId").asInt() == program)
                .toList();
    }

    Answer balances(Call call) {
        Profile profile = reachable(call);
        ObjectNode program = existing(call);
        Map<String, Balance> ledgers = ledgers(profile, program);
        String only = call.query().get("subledgerId");
        boolean tiers = call.is("includeTiers");
        ObjectNode body = Json.object();
        Balance main = ledgers.remove("");
        body.set("balance", points(main == null ? new Balance() : main, program, tiers));
        ObjectNode subledgers = body.putObject("subledgerBalances");
        ledgers.forEach((name, balance) -> {
            if (only == null || only.equals(name)) {
                subledgers.set(name, points(balance, program, tiers));
            }
        });
        return Answer.ok(body);
    }

    private Map<String, Balance> ledgers(Profile profile, ObjectNode program) {
        Map<String, Balance> ledgers = new TreeMap<>();
        Instant now = world.clock.instant();
        for (ObjectNode transaction : recorded(profile, program.path("id").asInt())) {
            ledgers.computeIfAbsent(transaction.path("subledgerId").asText(), name -> new Balance())
                    .add(transaction, now);
        }
        return ledgers;
    }

    private static ObjectNode points(Balance balance, ObjectNode program, boolean tiers) {
        ObjectNode json = Json.object()
                .put("activePoints", balance.active)
                .put("pendingPoints", balance.pending)
                .put("spentPoints", BigDecimal.ZERO)
                .put("expiredPoints", balance.expired)
                .put("negativePoints", BigDecimal.ZERO);
        if (tiers) {
            tier(balance, program, json);
        }
        return json;
    }

    private static void tier(Balance balance, ObjectNode program, ObjectNode json) {
        for (JsonNode tier : program.path("tiers")) {
            if (tier.path("minPoints").decimalValue().compareTo(balance.active) <= 0) {
                ObjectNode current = json.putObject("currentTier");
                Json.copy(tier, current, "id", "name");
                json.remove(List.of("pointsToNextTier", "nextTierName"));
            } else if (!json.has("pointsToNextTier")) {
                json.put(
                        "pointsToNextTier",
                        tier.path("minPoints").decimalValue().subtract(balance.active));
                json.set("nextTierName", tier.get("name"));
            }
        }
    }

    /** What a profile has in the programs of an Application, as inventory and states tell it. */
    ObjectNode of(Profile profile, int application) {
        ObjectNode loyalty = Json.object();
        loyalty.putArray("cards");
        ObjectNode programs = loyalty.putObject("programs");
        for (ObjectNode program : world.programs.values()) {
            Map<String, Balance> ledgers = ledgers(profile, program);
            if (!serves(program, application) || ledgers.isEmpty()) {
                continue;
            }
            ObjectNode json = programs.putObject(program.path("id").asText());
            Json.copy(program, json, "id", "title", "name");
            Balance main = ledgers.remove("");
            json.set("ledger", ledger(main == null ? new Balance() : main, program));
            ObjectNode subLedgers = json.putObject("subLedgers");
            ledgers.forEach((name, balance) -> subLedgers.set(name, ledger(balance, program)));
        }
        return loyalty;
    }

    private static ObjectNode ledger(Balance balance, ObjectNode program) {
        ObjectNode json = Json.object()
                .put("currentBalance", balance.active)
                .put("pendingBalance", balance.pending)
                .put("negativeBalance", BigDecimal.ZERO)
                // Talon.One always tells 0 here.
                .put("expiredBalance", BigDecimal.ZERO)
                .put("spentBalance", BigDecimal.ZERO)
                .put("tentativeCurrentBalance", balance.active)
                .put("tentativePendingBalance", balance.pending)
                .put("tentativeNegativeBalance", BigDecimal.ZERO);
        tier(balance, program, json);
        return json;
    }

    /** Sums of one ledger. */
    private static final class Balance {
        private BigDecimal active = BigDecimal.ZERO;
        private BigDecimal pending = BigDecimal.ZERO;
        private BigDecimal expired = BigDecimal.ZERO;

        private void add(ObjectNode transaction, Instant now) {
            BigDecimal amount = transaction.path("amount").decimalValue();
            String starts = transaction.path("startDate").asText();
            String ends = transaction.path("expiryDate").asText();
            if (!ends.equals("unlimited") && !Times.read(ends).isAfter(now)) {
                expired = expired.add(amount);
            } else if (starts.equals("on_action")
                    || !starts.equals("immediate") && Times.read(starts).isAfter(now)) {
                pending = pending.add(amount);
            } else {
                active = active.add(amount);
            }
        }
    }
}
