package dev.partnergateway.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** All that the deployment holds. Only the one event loop touches it, so nothing here is locked. */
final class World {

    final MovableClock clock;
    final Map<String, Integer> keys = new LinkedHashMap<>();
    final Set<String> stagingKeys = new HashSet<>();
    final Map<Integer, String> applications = new TreeMap<>();
    final Map<Integer, ObjectNode> campaigns = new TreeMap<>();
    final Map<String, Profile> profiles = new LinkedHashMap<>();
    final Map<Integer, ObjectNode> audiences = new TreeMap<>();
    final Map<Integer, ObjectNode> programs = new TreeMap<>();
    final Map<String, List<ObjectNode>> transactionsByProfile = new LinkedHashMap<>();
    final List<ObjectNode> attributes = new ArrayList<>();
    final Set<String> eventTypes = new TreeSet<>();
    final Map<String, List<ObjectNode>> referralsByAdvocate = new LinkedHashMap<>();
    final List<ObjectNode> events = new ArrayList<>();
    final Map<String, ObjectNode> sessions = new LinkedHashMap<>();

    private final Map<Integer, List<Coupon>> couponsByCampaign = new TreeMap<>();
    private final Map<String, Coupon> couponsByCode = new HashMap<>();
    private final Map<String, Map<String, Coupon>> couponsByProfile = new HashMap<>();
    private final Set<String> referralCodes = new HashSet<>();
    private final Map<String, Integer> lastIds = new HashMap<>();
    private Random random;
    private boolean stopsInTheMiddle;
    private boolean doneAPart;

    World(Clock clock) {
        this.clock = new MovableClock(clock);
        reset();
    }

    /** Does something that stops in the middle of a file, when it is one of several rows. */
    <T> T inPart(Supplier<T> work) {
        stopsInTheMiddle = true;
        doneAPart = false;
        try {
            return work.get();
        } finally {
            stopsInTheMiddle = false;
        }
    }

    /** Whether what was done in part had a second part. */
    boolean hasDoneAPart() {
        return doneAPart;
    }

    /** Of so many rows, how many are carried out. */
    int carriedOut(int rows) {
        if (!stopsInTheMiddle || rows < 2) {
            return rows;
        }
        doneAPart = true;
        return rows / 2;
    }

    /** Back to the seed. */
    void reset() {
        clock.ahead(Duration.ZERO);
        List.of(
                        keys,
                        applications,
                        campaigns,
                        profiles,
                        audiences,
                        programs,
                        sessions,
                        couponsByCampaign,
                        couponsByCode)
                .forEach(Map::clear);
        List.of(couponsByProfile, transactionsByProfile, referralsByAdvocate).forEach(Map::clear);
        List.of(attributes, events).forEach(List::clear);
        eventTypes.clear();
        stagingKeys.clear();
        referralCodes.clear();
        lastIds.clear();
        // A fresh start gives the same codes every time, so that documentation can show them.
        random = new Random(1);
        Seed.fill(this);
    }

    /** Remembers profiles, sessions, events and ids; what comes back puts them in the place of what was done since. */
    Runnable remember() {
        Map<String, Profile> profilesNow = new LinkedHashMap<>();
        profiles.forEach((id, profile) -> profilesNow.put(id, profile.copy()));
        Map<String, ObjectNode> sessionsNow = new LinkedHashMap<>();
        sessions.forEach((id, session) -> sessionsNow.put(id, session.deepCopy()));
        List<ObjectNode> eventsNow = List.copyOf(events);
        Map<String, Integer> idsNow = Map.copyOf(lastIds);
        return () -> {
            replace(profiles, profilesNow);
            replace(sessions, sessionsNow);
            replace(lastIds, idsNow);
            events.clear();
            events.addAll(eventsNow);
        };
    }

    private static <K, V> void replace(Map<K, V> all, Map<K, V> by) {
        all.clear();
        all.putAll(by);
    }

    String now() {
        return Times.write(clock.instant());
    }

    /** The next id of a series; the first after {@link #startIds} is one more than what was given there. */
    int nextId(String series) {
        return lastIds.merge(series, 1, Integer::sum);
    }

    void startIds(String series, int last) {
        lastIds.put(series, last);
    }

    /**
     * @throws Refusal 404 when the Application or the campaign in it does not exist
     */
    ObjectNode campaign(int application, int id) {
        if (!applications.containsKey(application)) {
            throw Refusal.notFound("Application");
        }
        ObjectNode campaign = campaigns.get(id);
        if (campaign == null || campaign.path("applicationId").asInt() != application) {
            throw Refusal.notFound("Campaign");
        }
        return campaign;
    }

    int applicationOf(int campaign) {
        return campaigns.get(campaign).path("applicationId").asInt();
    }

    static boolean offers(ObjectNode campaign, String feature) {
        for (JsonNode offered : campaign.path("features")) {
            if (offered.asText().equals(feature)) {
                return true;
            }
        }
        return false;
    }

    /** The profile, created when it is not there. */
    Profile profile(String integrationId) {
        return profiles.computeIfAbsent(integrationId, id -> new Profile(nextId("profile"), id, now()));
    }

    Coupon coupon(String code) {
        return couponsByCode.get(code.toLowerCase(Locale.ROOT));
    }

    void addCoupon(Coupon coupon) {
        couponsByCode.put(coupon.code().toLowerCase(Locale.ROOT), coupon);
        couponsByCampaign
                .computeIfAbsent(coupon.campaign(), id -> new ArrayList<>())
                .add(coupon);
        if (coupon.json().has("recipientIntegrationId")) {
            assign(coupon, coupon.json().path("recipientIntegrationId").asText());
        }
    }

    void reserve(Coupon coupon, String profile) {
        coupon.reserve(profile);
        assign(coupon, profile);
    }

    private void assign(Coupon coupon, String profile) {
        couponsByProfile.computeIfAbsent(profile, id -> new LinkedHashMap<>()).put(coupon.code(), coupon);
    }

    /** Coupons that a profile is the recipient of or has reserved. */
    Collection<Coupon> couponsOf(String profile) {
        return couponsByProfile.getOrDefault(profile, Map.of()).values();
    }

    void addTransaction(ObjectNode transaction) {
        append(transactionsByProfile, "profileIntegrationId", transaction);
    }

    void addReferral(ObjectNode referral) {
        append(referralsByAdvocate, "advocateProfileIntegrationId", referral);
    }

    private static void append(Map<String, List<ObjectNode>> to, String owner, ObjectNode item) {
        to.computeIfAbsent(item.path(owner).asText(), id -> new ArrayList<>()).add(item);
    }

    /** All items in the order of their ids. */
    static List<ObjectNode> all(Map<String, List<ObjectNode>> byOwner) {
        return byOwner.values().stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(item -> item.path("id").asInt()))
                .toList();
    }

    /** Coupons of a campaign, oldest first. */
    List<Coupon> coupons(int campaign) {
        return couponsByCampaign.getOrDefault(campaign, List.of());
    }

    List<Coupon> coupons() {
        return couponsByCampaign.values().stream().flatMap(List::stream).toList();
    }

    /** Claims a referral code; false when it is taken. */
    boolean claimReferralCode(String code) {
        return referralCodes.add(code.toLowerCase(Locale.ROOT));
    }

    /** Replaces every # by one of the characters. */
    String expand(String pattern, JsonNode characters) {
        StringBuilder code = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            code.append(
                    c == '#' ? characters.get(random.nextInt(characters.size())).asText() : String.valueOf(c));
        }
        return code.toString();
    }
}
