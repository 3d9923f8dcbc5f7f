package dev.partnergateway.access;

import com.fasterxml.jackson.core.JsonPointer;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.contract.Authentication;
import dev.partnergateway.contract.Operation;
import dev.partnergateway.contract.Proof;
import dev.partnergateway.store.Store;
import java.util.List;

/** Decides who may call what: deployment, key, and proof where the operator's own key will be used. */
public final class Access {

    /** Talon.One's name for keys that were made for no platform. */
    private static final String ANY_PLATFORM = "none";

    private static final int MOST_SHOWN = 100;

    /** Whoever asks more often than this what became of its calls would do better to repeat them. */
    private static final int QUESTIONS_A_SECOND = 10;

    private static final String QUESTIONS = "calls";
    private static final int SHOWN_DIGITS = 8;

    private final Deployments deployments;
    private final KeyProof proof;
    private final Principals principals;
    private final RateLimits rateLimits;
    private final Shares shares;
    private final Attempts attempts;

    /**
     * Puts the checks together.
     *
     * @param deploymentLimit calls worked on at once for one deployment
     * @param ticker the time by which refused keys are forgotten and calls are counted
     */
    public Access(Deployments deployments, KeyProof proof, Store store, int deploymentLimit, Ticker ticker) {
        this.shares = new Shares(deploymentLimit);
        this.deployments = deployments;
        this.proof = proof;
        this.principals = new Principals(store);
        this.attempts = new Attempts(ticker);
        this.rateLimits = new RateLimits(ticker);
    }

    /**
     * Admits a call or refuses it, before anything of its content is worked on: its deployment is known and accepts its
     * key. Only messages that name neither deployment nor key may pass without.
     *
     * @param address text of the deployment; null when the call names none
     * @param place where the call has it, as its caller says it; empty when it has none
     * @param keyInBody the key, for integrations that send it in the body; null when there is none
     * @param authorization values of the {@code Authorization} header
     * @throws Refusal 400 or 401; 429 when too many new keys come from its address; 503 when the deployment has too many
     *     calls, or cannot tell of the key
     */
    public void admit(PartnerCall call, String address, String place, String keyInBody, List<String> authorization) {
        Operation operation = call.operation();
        Authentication authentication = operation.authentication();
        boolean anonymous = authentication == Authentication.NONE
                || authentication == Authentication.BODY && keyInBody == null && address == null;
        if (anonymous) {
            return;
        }
        Deployment deployment = deployments.find(address == null ? "" : address, place);
        Credential credential = Credentials.read(authentication, authorization, keyInBody);
        requirePlatform(deployment.registry().get(credential.hash()), operation.platform());
        call.admitted(deployment, credential);
        attempts.admit(call);
        shares.enter(call, call.deployment());
        verify(call);
    }

    /**
     * Lets an admitted call with good content go on, or refuses it.
     *
     * @throws Refusal 400, 401, 404 or 501 as {@link #prove}; 401 when the key is good for dry runs only and this is
     *     none; 429 when it is one too many of its key
     */
    public void accept(PartnerCall call) {
        if (call.isAdmitted()) {
            verify(call);
        }
        rateLimits.count(call);
        prove(call);
    }

    /**
     * Admits a question about an earlier call, or refuses it. The key is shown as in a call of the integration; where that is
     * the body, in a header {@code Authorization: ApiKey-v1 ...}.
     *
     * @param call the question itself
     * @param about operation of the earlier call
     * @param authorization values of the {@code Authorization} header
     * @throws Refusal 401 when the deployment does not accept the key; 429 when it is one too many of it; 503 when the
     *     deployment has too many calls, or cannot tell of the key
     */
    public void admitQuestion(PartnerCall call, Operation about, Deployment deployment, List<String> authorization) {
        Credential credential = shown(about, authorization);
        call.admitted(deployment, credential);
        rateLimits.count(call, QUESTIONS, QUESTIONS_A_SECOND);
        attempts.admit(call);
        shares.enter(call, deployment);
        try {
            verify(call);
        } catch (Refusal refusal) {
            ended(call, refusal);
            throw refusal;
        }
    }

    /**
     * The key that a question shows.
     *
     * @throws Refusal 401 when there is none
     */
    public static Credential shown(Operation about, List<String> authorization) {
        Authentication authentication =
                about.authentication() == Authentication.BASIC ? Authentication.BASIC : Authentication.API_KEY;
        return Credentials.read(authentication, authorization, null);
    }

    /**
     * Proves what the operation's {@code x-proof} asks for; also where an admitted call is carried out later.
     *
     * @throws Refusal 400, 401, 404 or 501
     */
    public void prove(PartnerCall call) {
        Proof wanted = call.operation().proof();
        if (wanted.campaign() != null) {
            campaign(call);
        }
        if (wanted.loyaltyProgram() != null) {
            proof.loyaltyProgram(call, named(call, wanted.loyaltyProgram()), named(call, wanted.application()));
        }
    }

    /**
     * Takes note of why a call failed, so that refused keys are not tried too often.
     *
     * @param refusal any; null when it did not fail
     */
    public void ended(PartnerCall call, Refusal refusal) {
        // A key that is accepted may be refused one thing, which may be allowed a moment later.
        if (refusal != null && refusal.status() == 401 && call.isAdmitted() && !proof.remembers(call)) {
            attempts.refused(call, refusal.getMessage());
        }
    }

    /** Takes note that a deployment has done something for a key. */
    public void accepted(Deployment deployment, Credential credential) {
        attempts.accepted(deployment, credential);
    }

    /** A key registered for one platform is not good for another's routes. */
    private static void requirePlatform(Deployment.RegisteredKey registered, String platform) {
        if (registered != null
                && !platform.isEmpty()
                && !registered.platform().isEmpty()
                && !registered.platform().equals(ANY_PLATFORM)
                && !registered.platform().equals(platform)) {
            throw Refusal.of(401, "This API key is registered for another platform");
        }
    }

    /**
     * The campaign a call creates coupons in, proven to be the caller's. The contract says with {@code x-proof} where the
     * call names it.
     *
     * @throws IllegalStateException when the contract does not say it
     * @throws Refusal 400, 401, 404 or 501
     */
    public Campaign campaign(PartnerCall call) {
        Proof wanted = call.operation().proof();
        if (wanted.campaign() == null) {
            throw new IllegalStateException(call.operation().id()
                    + " creates coupons, but nothing says in which campaign: its contract needs x-proof with campaign");
        }
        Named place = named(call, wanted.campaign());
        Campaign campaign = proof.campaign(call, place, named(call, wanted.application()));
        if (!campaign.features().contains("coupons")) {
            throw Refusal.of(400, place.name() + ": coupons are not switched on in this campaign");
        }
        return campaign;
    }

    /**
     * A campaign of the caller's own Application that is running; found with the caller's key alone.
     *
     * @throws Refusal 401 when the key is not accepted, 404 when there is no such campaign
     */
    public Campaign runningCampaign(PartnerCall call, long campaignId) {
        return proof.runningCampaign(call, campaignId);
    }

    /**
     * The Application that the caller's key belongs to.
     *
     * @throws Refusal 401 when the key is not accepted, or nobody can tell
     */
    public long application(PartnerCall call) {
        return proof.application(call);
    }

    /**
     * Makes sure that the deployment accepts the call's key.
     *
     * @throws Refusal 401 when it does not
     */
    public void verify(PartnerCall call) {
        proof.binding(call);
    }

    /** Whether the call's deployment answers at present, whatever it says of the key; it is asked now. */
    public boolean answers(PartnerCall call) {
        return proof.answers(call.deployment(), call.credential());
    }

    /**
     * A key that a deployment has accepted lately.
     *
     * @param hash first 8 digits of its SHA-256
     * @param application id of its Application; 0 = not known
     * @param rehearsesOnly whether it is good for dry runs only
     */
    public record KeySeen(String hash, long application, boolean rehearsesOnly) {}

    /** The keys that a deployment has accepted within the last minutes, at most 100. */
    public List<KeySeen> keysSeen(Deployment deployment) {
        return proof.accepted(deployment).entrySet().stream()
                .limit(MOST_SHOWN)
                .map(key -> new KeySeen(
                        key.getKey().substring(0, SHOWN_DIGITS),
                        key.getValue().application(),
                        key.getValue().rehearsesOnly()))
                .toList();
    }

    /**
     * What a call names.
     *
     * @param name the name under which its caller has sent it
     * @param id 0 = it was left out
     */
    record Named(String name, long id) {}

    private static Named named(PartnerCall call, JsonPointer place) {
        return place == null
                ? new Named("", 0)
                : new Named(
                        call.checked().nameOf(place),
                        call.checked().call().at(place).asLong(0));
    }

    /**
     * Whom stored keys of this call belong to. Asking verifies the key, so that a stored answer goes only
     * to a key that the deployment still accepts.
     *
     * @throws Refusal 401 when it does not
     */
    public String principal(PartnerCall call) {
        long bound = proof.binding(call).application();
        if (call.application() != 0) {
            return "application:" + call.application();
        }
        return principals.of(call.deployment().name(), call.credential().hash(), bound);
    }
}
