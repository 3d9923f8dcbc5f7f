package dev.partnergateway.proof;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.partnergateway.harness.SandboxControl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares Talon.One's ledger with what partners were told: one wish, one effect, one answer. It knows nothing of how a
 * gateway works.
 */
final class Checker {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TWICE = "twice";

    private final Report report = new Report();
    private final Map<String, List<JsonNode>> effects = new HashMap<>();

    private Checker() {}

    static Report compare(List<Wish> wishes, SandboxControl sandbox) {
        Checker checker = new Checker();
        Map<String, JsonNode> byCode = new HashMap<>();
        for (JsonNode coupon : sandbox.ledger("coupons")) {
            byCode.put(coupon.path("value").asText(), coupon);
            String recipient = coupon.path("recipientIntegrationId").asText("");
            checker.effect(
                    Wish.Kind.COUPON,
                    recipient.isEmpty() ? coupon.path("value").asText().replaceFirst("^(C[0-9]+C).*", "$1") : recipient,
                    coupon);
        }
        for (JsonNode referral : sandbox.ledger("referrals")) {
            checker.effect(
                    Wish.Kind.REFERRAL,
                    referral.path("friendProfileIntegrationId").asText(),
                    referral);
        }
        for (JsonNode event : sandbox.ledger("events")) {
            checker.effect(Wish.Kind.EVENT, event.path("profileId").asText(), event);
        }
        for (JsonNode transaction : sandbox.ledger("transactions")) {
            checker.effect(Wish.Kind.POINTS, transaction.path("name").asText(), transaction);
        }
        Map<String, List<Wish>> points = new HashMap<>();
        for (Wish wish : wishes) {
            if (wish.refused != null) {
                checker.report.violation(wish.kind + " " + wish.name + " was refused: " + wish.refused);
            }
            switch (wish.kind) {
                case RESERVATION -> {
                    if (!wish.abandoned) {
                        checker.reservation(wish, byCode);
                    }
                }
                case POINTS ->
                    points.computeIfAbsent(wish.name, none -> new ArrayList<>()).add(wish);
                default -> checker.once(wish);
            }
        }
        points.forEach(checker::points);
        checker.effects.forEach((whose, what) -> {
            // The sandbox begins with one coupon and some points of its own.
            if (!whose.equals("COUPON alice") && !whose.equals("POINTS Welcome points")) {
                checker.report.violation("nobody asked for " + whose + ": " + what);
            }
        });
        return checker.report;
    }

    /** Whether Talon.One holds something twice that nobody can want twice. */
    static boolean madeTwice(SandboxControl sandbox) {
        Set<String> seen = new HashSet<>();
        Map.of("coupons", "recipientIntegrationId", "referrals", "friendProfileIntegrationId", "events", "profileId")
                .forEach((ledger, whose) -> sandbox.ledger(ledger).stream()
                        .map(entry -> entry.path(whose).asText(""))
                        .filter(name -> !name.isEmpty() && !seen.add(ledger + name))
                        .forEach(name -> seen.add(TWICE)));
        return seen.contains(TWICE);
    }

    private void effect(Wish.Kind kind, String name, JsonNode entry) {
        effects.computeIfAbsent(kind + " " + name, none -> new ArrayList<>()).add(entry);
    }

    private void once(Wish wish) {
        String whose = wish.kind + " " + wish.name;
        List<JsonNode> made = effects.remove(whose);
        Set<String> answers = new LinkedHashSet<>(wish.answers);
        if (answers.isEmpty() && !wish.abandoned) {
            report.violation(whose + (wish.parked ? " is left to the operator" : " got no answer"));
        }
        if (answers.size() > 1) {
            report.violation(whose + " got different answers: " + answers);
        }
        if (made == null && answers.isEmpty()) {
            return;
        }
        if (made == null) {
            report.violation(whose + " was answered, but nothing was made: " + answers);
            return;
        }
        if (made.size() > 1) {
            report.violation(whose + " was made " + made.size() + " times: " + made);
        }
        for (String answer : answers) {
            if (made.stream().noneMatch(entry -> same(wish.kind, entry, read(answer)))) {
                report.violation(whose + " was told " + answer + " but it is " + made);
            }
        }
    }

    private static boolean same(Wish.Kind kind, JsonNode entry, JsonNode answer) {
        return switch (kind) {
            case COUPON ->
                answer.path("ID").equals(entry.path("id"))
                        && answer.path("Value").equals(entry.path("value"));
            case REFERRAL ->
                answer.path("id").equals(entry.path("id"))
                        && answer.path("code").equals(entry.path("code"));
            case EVENT -> answer.path("event").path("id").equals(entry.path("id"));
            case RESERVATION, POINTS -> false;
        };
    }

    /** Nobody can tell whose points of one label are; what is left to the operator may have been made or not. */
    private void points(String label, List<Wish> wishes) {
        List<JsonNode> made = effects.getOrDefault("POINTS " + label, List.of());
        effects.remove("POINTS " + label);
        long answered = wishes.stream().filter(wish -> wish.answered).count();
        long parked = wishes.stream().filter(wish -> wish.parked).count();
        long abandoned = wishes.stream().filter(wish -> wish.abandoned).count();
        report.add("points left to the operator", parked);
        if (wishes.stream().anyMatch(wish -> wish.answered == wish.parked && !wish.abandoned)) {
            report.violation("points " + label + " got no answer, or one and are left to the operator");
        }
        if (wishes.stream().anyMatch(wish -> new LinkedHashSet<>(wish.answers).size() > 1)) {
            report.violation("points " + label + " got different answers");
        }
        if (made.size() < answered) {
            report.violation("points " + label + " were answered " + answered + " times, but there are " + made);
        }
        if (made.size() > answered + parked + abandoned) {
            report.violation("points " + label + " were made " + made.size() + " times: wanted and answered " + answered
                    + " times, left to the operator " + parked + " times");
        }
    }

    private void reservation(Wish wish, Map<String, JsonNode> byCode) {
        String[] parts = wish.name.split(" ");
        JsonNode coupon = byCode.get(parts[1]);
        boolean reserved = false;
        for (JsonNode profile : coupon == null ? JSON.createArrayNode() : coupon.path("reservedFor")) {
            reserved |= profile.asText().equals(parts[0]);
        }
        if (!reserved) {
            report.violation(wish.kind + " " + wish.name + " was answered, but nothing is reserved");
        }
    }

    /** Code of a coupon that a partner was given. */
    static String code(String answer) {
        return read(answer).path("Value").asText();
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("an answer is no JSON: " + json, e);
        }
    }
}
