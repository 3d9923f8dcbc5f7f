package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What every fresh sandbox holds. Its ids and keys never change, so that documentation and tests can name them. */
public final class Seed {

    /** The account that owns everything. */
    public static final int ACCOUNT = 1;

    /** Host name under which partners address the sandbox. */
    public static final String HOST = "sandbox.example";

    /** Application "Demo Shop". */
    public static final int DEMO_SHOP = 1;

    /** Application "Other Shop". */
    public static final int OTHER_SHOP = 2;

    /** Application "Empty Shop", in which no campaign runs. */
    public static final int EMPTY_SHOP = 3;

    /** Integration API key of Demo Shop. */
    public static final String DEMO_SHOP_KEY = "sandbox-key-demo-shop";

    /** Integration API key of Other Shop. */
    public static final String OTHER_SHOP_KEY = "sandbox-key-other-shop";

    /** Integration API key of Empty Shop. */
    public static final String NO_CAMPAIGN_KEY = "sandbox-key-no-campaign";

    /** Integration API key of Demo Shop that changes nothing: only calls with {@code dry=true} are carried out for it. */
    public static final String STAGING_KEY = "sandbox-key-staging";

    /** Management API key, good for all Applications. */
    public static final String MANAGEMENT_KEY = "sandbox-management-key";

    /** Demo Shop: runs, coupons and referrals, patterns {@code DEMO-####-####} and {@code FRIEND-####-####}. */
    public static final int RUNNING_CAMPAIGN = 10;

    /** Demo Shop: runs, has neither coupons nor referrals. */
    public static final int CAMPAIGN_WITHOUT_COUPONS = 11;

    /** Demo Shop: disabled, has coupons and referrals. */
    public static final int DISABLED_CAMPAIGN = 12;

    /** Other Shop: runs, coupons and referrals. */
    public static final int OTHER_CAMPAIGN = 20;

    /** Empty Shop: disabled, has coupons and referrals. */
    public static final int EMPTY_SHOP_CAMPAIGN = 30;

    /** Profile with points, an audience and a coupon. */
    public static final String ALICE = "alice";

    /** Profile without anything. */
    public static final String BOB = "bob";

    /** Alice's coupon in the running campaign, id 1000. */
    public static final String ALICE_COUPON = "DEMO-ALIC-E001";

    /** Profile-based program of Demo Shop with tiers Bronze 0, Silver 500, Gold 1000 and the subledger points2. */
    public static final int PROGRAM = 1;

    /** Card-based program of Demo Shop. */
    public static final int CARD_PROGRAM = 2;

    /** Profile-based program of Other Shop. */
    public static final int OTHER_PROGRAM = 3;

    /** Subledger in which Alice has 25 points, next to 620 in the main ledger. */
    public static final String SUBLEDGER = "points2";

    /** Audience "Newsletter", integration {@code demo-cdp}, integrationId {@code newsletter}; Alice is in it. */
    public static final int NEWSLETTER = 1;

    /** Audience "VIP", without an integration. */
    public static final int VIP = 2;

    /** Custom events of the account. */
    public static final List<String> EVENTS =
            List.of("bought_product", "greeted", "rated_product", "signed_up", "viewed_product");

    private static final String CREATED = "2026-01-01T00:00:00.000Z";

    private Seed() {}

    static void fill(World world) {
        world.applications.put(DEMO_SHOP, "Demo Shop");
        world.applications.put(OTHER_SHOP, "Other Shop");
        world.applications.put(EMPTY_SHOP, "Empty Shop");
        world.keys.put(DEMO_SHOP_KEY, DEMO_SHOP);
        world.keys.put(OTHER_SHOP_KEY, OTHER_SHOP);
        world.keys.put(STAGING_KEY, DEMO_SHOP);
        world.stagingKeys.add(STAGING_KEY);
        world.keys.put(NO_CAMPAIGN_KEY, EMPTY_SHOP);
        String[] both = {"coupons", "referrals"};
        campaign(world, RUNNING_CAMPAIGN, DEMO_SHOP, "Demo campaign", true, "DEMO", both);
        campaign(world, CAMPAIGN_WITHOUT_COUPONS, DEMO_SHOP, "No coupons", true, null, "loyalty");
        campaign(world, DISABLED_CAMPAIGN, DEMO_SHOP, "Disabled campaign", false, "DEMO", both);
        campaign(world, OTHER_CAMPAIGN, OTHER_SHOP, "Other campaign", true, "OTHER", both);
        campaign(world, EMPTY_SHOP_CAMPAIGN, EMPTY_SHOP, "Empty campaign", false, "EMPTY", both);
        attributes(world);
        audiences(world);
        program(world, PROGRAM, "Demo points", DEMO_SHOP, false);
        program(world, CARD_PROGRAM, "Demo card", DEMO_SHOP, true);
        program(world, OTHER_PROGRAM, "Other points", OTHER_SHOP, false);
        people(world);
        world.startIds("referral", 2000);
        world.startIds("event", 3000);
        world.startIds("session", 4000);
        world.startIds("import", 6000);
    }

    private static void campaign(
            World world, int id, int application, String name, boolean runs, String prefix, String... features) {
        ObjectNode campaign = Json.object()
                .put("id", id)
                .put("created", CREATED)
                .put("applicationId", application)
                .put("userId", 1)
                .put("name", name)
                .put("description", "")
                .put("state", runs ? "enabled" : "disabled")
                .put("type", "advanced")
                .put("frontendState", runs ? "running" : "disabled")
                .put("storesImported", false)
                .put("reevaluateOnReturn", false);
        campaign.putArray("tags");
        campaign.putArray("limits");
        campaign.putObject("attributes");
        campaign.set("features", Json.texts(features));
        if (prefix != null) {
            campaign.set("couponSettings", settings(prefix + "-####-####"));
            campaign.set("referralSettings", settings("FRIEND-####-####"));
        }
        world.campaigns.put(id, campaign);
    }

    private static ObjectNode settings(String pattern) {
        ObjectNode settings = Json.object().put("couponPattern", pattern);
        settings.set("validCharacters", characters());
        return settings;
    }

    static ArrayNode characters() {
        return Json.texts("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".split(""));
    }

    private static void attributes(World world) {
        world.eventTypes.addAll(EVENTS);
        attribute(world, "CustomerProfile", "name", "string");
        attribute(world, "CustomerProfile", "age", "number");
        attribute(world, "CustomerProfile", "vip", "boolean");
        attribute(world, "CustomerProfile", "city", "string");
        attribute(world, "CustomerProfile", "birthday", "time");
        attribute(world, "CustomerProfile", "tags", "(list string)");
        attribute(world, "CustomerProfile", "mpid", "string");
        attribute(world, "CustomerProfile", "mp_age", "number");
        attribute(world, "CustomerProfile", "mp_city", "string");
        attribute(world, "Event", "product", "string");
        attribute(world, "Event", "amount", "number");
        attribute(world, "Event", "tags", "(list string)");
        attribute(world, "Coupon", "channel", "string");
        attribute(world, "Coupon", "tier", "number");
        attribute(world, "Coupon", "vip", "boolean");
        attribute(world, "Coupon", "tags", "(list string)");
        attribute(world, "Coupon", "place", "location");
        attribute(world, "Referral", "channel", "string");
        attribute(world, "CustomerSession", "channel", "string");
        attribute(world, "CartItem", "color", "string");
    }

    private static void attribute(World world, String entity, String name, String type) {
        ObjectNode attribute = Json.object()
                .put("id", world.nextId("attribute"))
                .put("created", CREATED)
                .put("accountId", ACCOUNT)
                .put("entity", entity)
                .put("name", name)
                .put("title", name)
                .put("type", type)
                .put("description", "")
                .put("editable", true);
        attribute.putArray("suggestions");
        world.attributes.add(attribute);
    }

    private static void audiences(World world) {
        world.audiences.put(
                NEWSLETTER,
                Json.object()
                        .put("id", NEWSLETTER)
                        .put("created", CREATED)
                        .put("accountId", ACCOUNT)
                        .put("name", "Newsletter")
                        .put("integration", "demo-cdp")
                        .put("integrationId", "newsletter"));
        world.audiences.put(
                VIP,
                Json.object()
                        .put("id", VIP)
                        .put("created", CREATED)
                        .put("accountId", ACCOUNT)
                        .put("name", "VIP"));
        world.startIds("audience", VIP);
    }

    private static void program(World world, int id, String title, int application, boolean cards) {
        ObjectNode program = Json.object()
                .put("id", id)
                .put("created", CREATED)
                .put("accountID", ACCOUNT)
                .put("name", "program" + id)
                .put("title", title)
                .put("description", "")
                .put("defaultValidity", "unlimited")
                .put("defaultPending", "immediate")
                .put("allowSubledger", true)
                .put("timezone", "UTC")
                .put("cardBased", cards)
                .put("sandbox", false);
        program.putArray("subscribedApplications").add(application);
        ArrayNode tiers = program.putArray("tiers");
        if (id == PROGRAM) {
            tier(tiers, 1, "Bronze", 0);
            tier(tiers, 2, "Silver", 500);
            tier(tiers, 3, "Gold", 1000);
        }
        world.programs.put(id, program);
    }

    private static void tier(ArrayNode tiers, int id, String name, int minPoints) {
        tiers.addObject()
                .put("id", id)
                .put("created", CREATED)
                .put("programID", PROGRAM)
                .put("name", name)
                .put("minPoints", minPoints);
    }

    private static void people(World world) {
        Profile alice = new Profile(world.nextId("profile"), ALICE, CREATED);
        alice.change(Json.object().put("name", "Alice").put("age", 34).put("city", "Berlin"));
        alice.audiences().add(NEWSLETTER);
        world.profiles.put(ALICE, alice);
        Profile bob = new Profile(world.nextId("profile"), BOB, CREATED);
        bob.change(Json.object().put("name", "Bob"));
        world.profiles.put(BOB, bob);
        points(world, "", 620);
        points(world, SUBLEDGER, 25);
        ObjectNode coupon = Json.object()
                .put("id", 1000)
                .put("created", CREATED)
                .put("campaignId", RUNNING_CAMPAIGN)
                .put("value", ALICE_COUPON)
                .put("usageLimit", 1)
                .put("usageCounter", 0)
                .put("recipientIntegrationId", ALICE)
                .put("isReservationMandatory", false)
                .put("batchId", "batch-0");
        coupon.putObject("attributes").put("channel", "email");
        world.addCoupon(new Coupon(coupon));
        world.startIds("coupon", 1000);
    }

    private static void points(World world, String subledger, int amount) {
        int id = world.nextId("transaction");
        world.addTransaction(Json.object()
                .put("id", id)
                .put("transactionUUID", Loyalty.uuid(id))
                .put("created", CREATED)
                .put("programId", PROGRAM)
                .put("type", "addition")
                .put("name", "Welcome points")
                .put("startDate", "immediate")
                .put("expiryDate", "unlimited")
                .put("subledgerId", subledger)
                .put("amount", amount)
                .put("profileIntegrationId", ALICE)
                .put("kind", "manual"));
    }
}
