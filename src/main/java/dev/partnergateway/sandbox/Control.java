package dev.partnergateway.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;

/**
 * The sandbox's own interface under {@code /sandbox}: what came in, what is kept, and how to misbehave. It takes no
 * credential.
 */
final class Control {

    private final Desk desk;

    Control(Desk desk) {
        this.desk = desk;
    }

    /**
     * @param host host and port as the caller named them
     */
    Answer answer(Received received, String host) {
        try {
            return switch (received.method() + " " + received.path()) {
                case "GET /sandbox" -> Answer.ok(about(host));
                case "GET /sandbox/calls" ->
                    Answer.ok(desk.calls()
                            .list(received.queryValue("operation"), "true".equals(received.queryValue("answers"))));
                case "DELETE /sandbox/calls" -> done(desk.calls()::clear);
                case "POST " + Callbacks.PATH -> desk.callbacks().receive(received);
                case "GET " + Callbacks.PATH -> Answer.ok(desk.callbacks().list());
                case "DELETE " + Callbacks.PATH -> done(desk.callbacks()::clear);
                case "POST /sandbox/reset" -> done(desk::reset);
                case "POST /sandbox/faults" -> done(() -> desk.faults().add(object(received), desk.operationIds()));
                case "GET /sandbox/faults" -> Answer.ok(met());
                case "DELETE /sandbox/faults" -> done(desk.faults()::clear);
                case "POST /sandbox/event-types" ->
                    done(() -> desk.world().eventTypes.add(received.queryValue("name")));
                case "DELETE /sandbox/attributes" ->
                    done(() -> desk.world()
                            .attributes
                            .removeIf(attribute ->
                                    named(received, attribute, "entity") && named(received, attribute, "name")));
                case "PUT /sandbox/clock" -> done(() -> clock(object(received).path("aheadMillis")));
                case "PUT /sandbox/limits" -> done(() -> limits(object(received)));
                default -> ledger(received);
            };
        } catch (IllegalArgumentException e) {
            return Answer.error(400, e.getMessage(), Json.array(), 0);
        }
    }

    private static boolean named(Received received, ObjectNode attribute, String member) {
        return attribute.path(member).asText().equals(received.queryValue(member));
    }

    private ObjectNode met() {
        ObjectNode met = Json.object();
        desk.faults().met().forEach(met::put);
        return met;
    }

    private static Answer done(Runnable action) {
        action.run();
        return Answer.nothing();
    }

    private static JsonNode object(Received received) {
        JsonNode body;
        try {
            body = Json.read(received.text());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The body is not JSON.", e);
        }
        if (!body.isObject()) {
            throw new IllegalArgumentException("The body must be a JSON object.");
        }
        return body;
    }

    private void clock(JsonNode aheadMillis) {
        if (!aheadMillis.canConvertToLong()) {
            throw new IllegalArgumentException("aheadMillis must be a whole number, below 0 for behind.");
        }
        desk.world().clock.ahead(Duration.ofMillis(aheadMillis.longValue()));
    }

    private void limits(JsonNode wanted) {
        int rate = desk.limits().managementPerSecond();
        int parallel = desk.limits().parallelPerProfile();
        int errors = desk.limits().errorsPerAnswer();
        int lag = desk.limits().listingLagMillis();
        for (Map.Entry<String, JsonNode> limit : wanted.properties()) {
            if (!limit.getValue().canConvertToInt() || limit.getValue().intValue() < 0) {
                throw new IllegalArgumentException(limit.getKey() + " must be a whole number, 0 for no limit.");
            }
            switch (limit.getKey()) {
                case "managementPerSecond" -> rate = limit.getValue().intValue();
                case "parallelPerProfile" -> parallel = limit.getValue().intValue();
                case "errorsPerAnswer" -> errors = limit.getValue().intValue();
                case "listingLagMillis" -> lag = limit.getValue().intValue();
                default -> throw new IllegalArgumentException("There is no limit '" + limit.getKey() + "'.");
            }
        }
        desk.limits().set(rate, parallel, errors, lag);
    }

    private Answer ledger(Received received) {
        World world = desk.world();
        return switch (received.method() + " " + received.path()) {
            case "GET /sandbox/coupons" ->
                Answer.ok(
                        Json.array(world.coupons().stream().map(Coupon::ledger).toList()));
            case "GET /sandbox/referrals" -> Answer.ok(Json.array(World.all(world.referralsByAdvocate)));
            case "GET /sandbox/events" -> Answer.ok(Json.array(world.events));
            case "GET /sandbox/profiles" ->
                Answer.ok(Json.array(world.profiles.values().stream()
                        .map(profile -> profile.json(world.audiences))
                        .toList()));
            case "GET /sandbox/audiences" -> Answer.ok(Json.array(world.audiences.values()));
            case "GET /sandbox/transactions" -> Answer.ok(Json.array(World.all(world.transactionsByProfile)));
            default -> Answer.error(404, "There is no such page; see /sandbox", Json.array(), 0);
        };
    }

    private ObjectNode about(String host) {
        World world = desk.world();
        ObjectNode about = Json.object().put("host", host);
        ArrayNode applications = about.putArray("applications");
        world.applications.forEach((id, name) -> {
            ObjectNode application = applications.addObject().put("id", id).put("name", name);
            world.keys.forEach((key, owner) -> {
                if (owner.equals(id)) {
                    application.put(world.stagingKeys.contains(key) ? "stagingKey" : "key", "ApiKey-v1 " + key);
                }
            });
            ArrayNode campaigns = application.putArray("campaigns");
            for (ObjectNode campaign : world.campaigns.values()) {
                if (campaign.path("applicationId").asInt() == id) {
                    ObjectNode brief = campaigns.addObject();
                    Json.copy(campaign, brief, "id", "name", "frontendState", "features");
                }
            }
        });
        about.put("managementKey", "ManagementKey-v1 " + Seed.MANAGEMENT_KEY);
        about.putObject("limits")
                .put("managementPerSecond", desk.limits().managementPerSecond())
                .put("parallelPerProfile", desk.limits().parallelPerProfile())
                .put("errorsPerAnswer", desk.limits().errorsPerAnswer())
                .put("listingLagMillis", desk.limits().listingLagMillis());
        ArrayNode operations = about.putArray("operations");
        for (Operation operation : desk.operations()) {
            operations.add(operation.method() + " /" + String.join("/", operation.segments()));
        }
        about.set(
                "control",
                Json.texts(
                        "GET /sandbox/calls?operation=&answers=",
                        "DELETE /sandbox/calls",
                        "POST /sandbox/callbacks?status=",
                        "GET /sandbox/callbacks",
                        "DELETE /sandbox/callbacks",
                        "GET /sandbox/coupons",
                        "GET /sandbox/referrals",
                        "GET /sandbox/events",
                        "GET /sandbox/profiles",
                        "POST /sandbox/event-types?name=",
                        "DELETE /sandbox/attributes?entity=&name=",
                        "GET /sandbox/audiences",
                        "GET /sandbox/transactions",
                        "POST /sandbox/faults",
                        "GET /sandbox/faults",
                        "DELETE /sandbox/faults",
                        "PUT /sandbox/limits",
                        "PUT /sandbox/clock",
                        "POST /sandbox/reset"));
        return about;
    }
}
