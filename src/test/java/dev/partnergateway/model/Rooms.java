package dev.partnergateway.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.partnergateway.access.Access;
import dev.partnergateway.access.Deployments;
import dev.partnergateway.access.KeyProof;
import dev.partnergateway.access.KnownKeys;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.EffectKey;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Checked;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.coupon.CouponCreation;
import dev.partnergateway.idempotency.Finisher;
import dev.partnergateway.idempotency.Parked;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.idempotency.Sweeper;
import dev.partnergateway.loyalty.PointsAddition;
import dev.partnergateway.referral.ReferralCreation;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import dev.partnergateway.talonone.Leases;
import dev.partnergateway.talonone.PlainStep;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.UpstreamContract;
import dev.partnergateway.talonone.UpstreamHeaders;
import dev.partnergateway.talonone.UpstreamStep;
import dev.partnergateway.telemetry.Telemetry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** The rooms of one gateway that a claim goes through, put together as the gateway does, without its ports and routes. */
final class Rooms {

    static final Credential KEY = new Credential("sandbox-key-demo-shop");

    private static final Duration BUDGET = Duration.ofSeconds(4);

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final Store store;
    private final Settings settings;
    private final Deployments deployments;
    private final Seal seal;
    private final TalonOne talonOne;
    private final Access access;
    private final KnownKeys keys = new KnownKeys();
    private final Telemetry telemetry;
    private ReplayingRepository answers;
    private Map<String, UpstreamStep> steps;
    private Sweeper sweeper;
    private CouponCreation coupons;

    Rooms(
            Store store,
            Settings settings,
            UpstreamContract contract,
            Telemetry telemetry,
            BiConsumer<String, Exchange> beforeSending)
            throws Exception {
        this.store = store;
        this.settings = settings;
        this.telemetry = telemetry;
        this.deployments = new Deployments(settings);
        this.seal = new Seal(settings.storeEncryptionKeys());
        camel.addComponent("http", new SteppedHttp(beforeSending));
        camel.getRegistry().bind("upstreamHeaders", new UpstreamHeaders());
        camel.start();
        this.talonOne = new TalonOne(contract, camel, settings, new FilesOnly(), Leases.ALONE, telemetry);
        Ticker still = () -> 0;
        this.access = new Access(
                deployments, new KeyProof(talonOne, Runnable::run, still), store, settings.deploymentLimit(), still);
        restart(false);
    }

    /**
     * A process that has just started: it knows nothing but what is in the store, and the keys that partners use.
     *
     * @param files whether coupons are created in files, which have a thread of their own
     */
    void restart(boolean files) {
        if (coupons != null) {
            coupons.close();
            coupons = null;
        }
        keys.remember(KEY);
        answers = new ReplayingRepository(store, seal, access, talonOne::requireWorking, telemetry.meters());
        PointsAddition points = new PointsAddition(talonOne, answers, keys, settings.settleTime());
        ReferralCreation referrals = new ReferralCreation(talonOne, access, answers, keys, settings.settleTime());
        steps = new HashMap<>(Map.of(
                "createReferral",
                referrals,
                "addLoyaltyPoints",
                points,
                "trackEventV2",
                new PlainStep(talonOne, talonOne.contract().operation("trackEventV2"))));
        Map<String, Finisher> finishers =
                new HashMap<>(Map.of("createReferral", referrals, "addLoyaltyPoints", points));
        if (files) {
            coupons = new CouponCreation(
                    talonOne, access, answers, settings.settleTime(), Runnable::run, Runnable::run, telemetry.meters());
            steps.put("createCoupons", coupons);
            finishers.put("createCoupons", coupons);
        }
        sweeper = answers.sweeper(deployments::named, finishers, Runnable::run);
    }

    /** Asks Talon.One all about the partner's key that is asked once. */
    void warmUp(Operation operation, Thing thing) {
        PartnerCall call = call(operation, thing);
        access.principal(call);
        access.prove(call);
    }

    private PartnerCall call(Operation operation, Thing thing) {
        PartnerCall call = new PartnerCall("model", BUDGET, "127.0.0.1");
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.set("body", thing.body());
        call.checked(operation, new Checked(content, null, null, false, 0, "", Map.of()));
        call.admitted(deployments.named(thing.deployment()), KEY);
        call.proven(1);
        return call;
    }

    /** What a partner is told: the body of a success, or why there is none. */
    record Told(int status, String text) {

        boolean good() {
            return status / 100 == 2;
        }

        boolean leftToTheOperator() {
            return status == 504 && text.contains("the operator has been told");
        }
    }

    /** Carries a partner's call out as its route does. */
    Told carryOut(Operation operation, Thing thing) {
        Exchange exchange = new DefaultExchange(camel);
        PartnerCall call = call(operation, thing);
        call.on(exchange);
        try {
            if (answers.add(exchange, thing.key())) {
                work(exchange, thing);
            }
        } catch (Refusal refusal) {
            return told(refusal);
        }
        if (exchange.getException() instanceof Refusal refusal) {
            return told(refusal);
        }
        if (exchange.getException() != null) {
            throw new IllegalStateException(exchange.getException());
        }
        Object body = exchange.getMessage().getBody();
        return new Told(
                exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class),
                body instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(body));
    }

    private static Told told(Refusal refusal) {
        return new Told(refusal.status(), refusal.getMessage());
    }

    /** The idempotent consumer confirms what went well and removes what did not. */
    private void work(Exchange exchange, Thing thing) {
        try {
            ObjectNode request = thing.request().deepCopy();
            // As the component does, for what Talon.One takes a key for.
            EffectKey.of(exchange).ifPresent(key -> request.put("key", key.value()));
            JsonNode answer = steps.get(thing.step()).run(exchange, request);
            exchange.getMessage().setBody(answer);
        } catch (RuntimeException failed) {
            exchange.setException(failed);
            answers.remove(exchange, thing.key());
            return;
        }
        answers.confirm(exchange, thing.key());
    }

    void sweep() {
        sweeper.sweep();
    }

    void prune() {
        answers.prune();
    }

    Parked parked() {
        return answers.parked();
    }
}
