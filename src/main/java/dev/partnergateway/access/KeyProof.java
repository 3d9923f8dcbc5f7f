package dev.partnergateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.Unanswered;
import dev.partnergateway.talonone.UpstreamAnswer;
import dev.partnergateway.talonone.UpstreamCall;
import dev.partnergateway.talonone.UpstreamOperation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Proves what a partner's key is good for, before the operator's stronger key is used on its behalf. What
 * was proven is remembered for 5 minutes; one key is proven once however many calls wait. Proofs cannot be made to
 * flood a deployment: only so many are made at once, and those of keys that it accepted before do not queue behind the
 * others.
 */
public final class KeyProof {

    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final Duration REFUSED = Duration.ofSeconds(10);

    /** Not at all, in a cache that wants a time. */
    private static final Duration AT_ALL = Duration.ofNanos(1);

    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int MOST = 100_000;

    private final TalonOne talonOne;
    private final Executor executor;
    private static final Duration KNOWN = Duration.ofDays(1);

    /** Proofs at once for one deployment, of keys that were accepted before and of others. */
    private static final int AT_ONCE = 64;

    private final AsyncCache<KeyAt, Told<Binding>> bindings;
    private final AsyncCache<CampaignAt, Told<Optional<Campaign>>> campaigns;
    private final Cache<KeyAt, Boolean> acceptedBefore;
    private final Map<Lane, Semaphore> lanes = new ConcurrentHashMap<>();

    private record Lane(Deployment deployment, boolean acceptedBefore) {}

    private final AsyncCache<ProgramAt, Told<Optional<LoyaltyProgram>>> programs;

    private record KeyAt(Deployment deployment, String hash) {}

    private record CampaignAt(Deployment deployment, long application, long campaign) {}

    private record ProgramAt(Deployment deployment, long program) {}

    /** What Talon.One told, or why it told nothing; only the first is remembered. */
    private record Told<T>(T value, RuntimeException failure) {

        static <T> Told<T> by(Supplier<T> question) {
            try {
                return new Told<>(question.get(), null);
            } catch (RuntimeException e) {
                return new Told<>(null, e);
            }
        }

        T get() {
            if (failure != null) {
                throw failure;
            }
            return value;
        }
    }

    /**
     * What a deployment says of a key.
     *
     * @param accepted whether it accepts it
     * @param application id of the key's Application; 0 = not known
     * @param rehearsesOnly whether it is good for nothing but dry runs, as keys of type staging are
     */
    record Binding(boolean accepted, long application, boolean rehearsesOnly) {

        private static final Binding REFUSED = new Binding(false, 0, false);
        private static final Binding REHEARSES = new Binding(true, 0, true);

        private Binding(boolean accepted, long application) {
            this(accepted, application, false);
        }
    }

    /**
     * Prepares proofs.
     *
     * @param executor runs the calls that proofs need
     * @param ticker the time by which proofs are forgotten
     */
    public KeyProof(TalonOne talonOne, Executor executor, Ticker ticker) {
        this.talonOne = talonOne;
        this.executor = executor;
        this.bindings = cache(ticker, KeyProof::remembered);
        this.campaigns = cache(ticker, KeyProof::remembered);
        this.programs = cache(ticker, KeyProof::remembered);
        this.acceptedBefore = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(MOST)
                .expireAfterAccess(KNOWN)
                .build();
    }

    /** A refusal is remembered elsewhere; a campaign that tells the Application may start at any moment. */
    private static Duration remembered(Binding binding) {
        if (!binding.accepted()) {
            return AT_ALL;
        }
        return binding.application() == 0 ? REFUSED : REMEMBERED;
    }

    private static Duration remembered(Optional<?> found) {
        return found.isPresent() ? REMEMBERED : REFUSED;
    }

    private static <K, V> AsyncCache<K, Told<V>> cache(Ticker ticker, Function<V, Duration> remembered) {
        return Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(MOST)
                .expireAfter(Expiry.creating(
                        (K key, Told<V> told) -> told.failure() != null ? AT_ALL : remembered.apply(told.value())))
                .buildAsync();
    }

    /** Asks once for everybody who wants to know at the same time. */
    private <K, V> V told(AsyncCache<K, Told<V>> cache, K about, Supplier<V> question) {
        return cache.get(about, (key, ignored) -> CompletableFuture.supplyAsync(() -> Told.by(question), executor))
                .join()
                .get();
    }

    /**
     * What the deployment says of the call's key (docs/behaviour.md#keys, steps 2 and 3).
     *
     * @throws Refusal 401 when it does not accept it; 503 when it cannot be asked
     */
    Binding binding(PartnerCall call) {
        Deployment deployment = call.deployment();
        Credential credential = call.credential();
        KeyAt key = new KeyAt(deployment, credential.hash());
        boolean remembered = call.life().isKeyProven() || remembers(call);
        Binding binding = told(bindings, key, () -> inTurn(key, () -> ask(deployment, credential)));
        // Before its content is read, nobody knows whether a call asks for a dry run.
        boolean real = call.checked() != null && !call.checked().dryRun();
        if (!binding.accepted() || real && binding.rehearsesOnly()) {
            throw Refusal.of(401, "Talon.One does not accept this API key");
        }
        call.life().keyProven(remembered, binding.application());
        return binding;
    }

    /** Whether the deployment has accepted the call's key a moment ago; nobody is asked. */
    boolean remembers(PartnerCall call) {
        Told<Binding> told = bindings.synchronous()
                .getIfPresent(new KeyAt(call.deployment(), call.credential().hash()));
        return told != null && told.failure() == null && told.value().accepted();
    }

    /** The keys that a deployment has accepted lately, by their hashes. */
    Map<String, Binding> accepted(Deployment deployment) {
        Map<String, Binding> accepted = new TreeMap<>();
        bindings.synchronous().asMap().forEach((key, told) -> {
            if (key.deployment().equals(deployment)
                    && told.failure() == null
                    && told.value().accepted()) {
                accepted.put(key.hash(), told.value());
            }
        });
        return accepted;
    }

    /** Whether a deployment answers at present, whatever it says of a key; it is asked now. */
    boolean answers(Deployment deployment, Credential credential) {
        UpstreamOperation ping = talonOne.contract().operation("authPing");
        try {
            said(ping, deployment, credential, null);
            return true;
        } catch (Refusal refusal) {
            return false;
        }
    }

    private Binding inTurn(KeyAt key, Supplier<Binding> question) {
        boolean before = acceptedBefore.getIfPresent(key) != null;
        Semaphore lane = lanes.computeIfAbsent(new Lane(key.deployment(), before), unused -> new Semaphore(AT_ONCE));
        if (!lane.tryAcquire()) {
            throw Refusal.retry(503, "Too many API keys are being checked: try again", SOON);
        }
        try {
            Binding binding = question.get();
            if (binding.accepted()) {
                acceptedBefore.put(key, Boolean.TRUE);
            } else {
                acceptedBefore.invalidate(key);
            }
            return binding;
        } finally {
            lane.release();
        }
    }

    private Binding ask(Deployment deployment, Credential credential) {
        UpstreamOperation list = talonOne.contract().operation("integrationGetAllCampaigns");
        ObjectNode query = JsonNodeFactory.instance.objectNode().put("pageSize", "1");
        Said said = said(list, deployment, credential, query);
        if (said.verdict() == Verdict.REFUSED) {
            return rehearses(deployment, credential) ? Binding.REHEARSES : Binding.REFUSED;
        }
        Deployment.RegisteredKey registered = deployment.registry().get(credential.hash());
        if (said.verdict() == Verdict.NOTHING) {
            return withoutCampaigns(deployment, credential, registered);
        }
        long told = said.body().path("data").path(0).path("applicationId").asLong(0);
        if (registered == null) {
            return new Binding(true, told);
        }
        // Two sources that disagree prove nothing.
        return told == 0 || told == registered.application()
                ? new Binding(true, registered.application())
                : Binding.REFUSED;
    }

    /**
     * Whether a key that may not list campaigns is one at all: those of type staging may do dry runs and nothing else.
     */
    private boolean rehearses(Deployment deployment, Credential credential) {
        UpstreamOperation ping = talonOne.contract().operation("authPing");
        return said(ping, deployment, credential, null).verdict() == Verdict.ACCEPTED;
    }

    /**
     * An older deployment cannot list campaigns to a key; whether it accepts the key it can still tell. Where it cannot
     * tell even that, the operator's word counts, and without it nothing is known for the key.
     */
    private Binding withoutCampaigns(
            Deployment deployment, Credential credential, Deployment.RegisteredKey registered) {
        UpstreamOperation ping = talonOne.contract().operation("authPing");
        Verdict verdict = said(ping, deployment, credential, null).verdict();
        if (verdict == Verdict.REFUSED || verdict == Verdict.NOTHING && registered == null) {
            return Binding.REFUSED;
        }
        return new Binding(true, registered == null ? 0 : registered.application());
    }

    /** What an answer proves of the key it was asked with. */
    private enum Verdict {
        ACCEPTED,
        REFUSED,
        /** The deployment knows no such operation. */
        NOTHING
    }

    private record Said(Verdict verdict, JsonNode body) {}

    /**
     * Asks a deployment with a key.
     *
     * @throws Refusal 503 when it says nothing about the key, which must not be remembered
     */
    private Said said(UpstreamOperation operation, Deployment deployment, Credential credential, ObjectNode query) {
        UpstreamAnswer answer;
        try {
            answer = talonOne.send(proof(operation, deployment, credential, null, query));
        } catch (Unanswered e) {
            throw cannotTell(SOON);
        }
        if (answer.ok()) {
            return new Said(Verdict.ACCEPTED, answer.body());
        }
        // A proxy says 403 of any call: without Talon.One's words it says nothing of the key.
        boolean refused = answer.status() == 401 || answer.status() == 403 && answer.readable();
        if (refused) {
            return new Said(Verdict.REFUSED, answer.body());
        }
        return switch (answer.status()) {
            case 404 -> new Said(Verdict.NOTHING, answer.body());
            default -> throw cannotTell(answer.retryAfter().isZero() ? SOON : answer.retryAfter());
        };
    }

    private static Refusal cannotTell(Duration retryAfter) {
        return Refusal.retry(503, "Talon.One cannot check this API key right now: try again", retryAfter);
    }

    /**
     * Proves that the call's key belongs to an Application and that a campaign does, too (docs/behaviour.md#keys, steps
     * 1 to 4).
     *
     * @param named the Application that the call names; id 0 = none, the key's own is meant
     * @return the campaign
     * @throws Refusal 400, 401, 404 or 501
     */
    Campaign campaign(PartnerCall call, Access.Named wanted, Access.Named named) {
        Deployment deployment = call.deployment();
        long application = requireApplication(call, named);
        long campaignId = wanted.id();
        Campaign campaign = told(
                        campaigns,
                        new CampaignAt(deployment, application, campaignId),
                        () -> load(deployment, application, campaignId))
                .filter(found -> found.application() == application && found.id() == campaignId)
                .orElseThrow(() -> Refusal.of(404, wanted.name() + ": the Application has no campaign of that id"));
        call.proven(application);
        return campaign;
    }

    /**
     * Proves that the call's key belongs to an Application which takes part in a loyalty program whose points profiles
     * hold (docs/behaviour.md#keys, steps 1 to 3, and what it says of points).
     *
     * @param application the Application that the call names; id 0 = none, the key's own is meant
     * @throws Refusal 400, 401, 404 or 501
     */
    void loyaltyProgram(PartnerCall call, Access.Named wanted, Access.Named application) {
        long programId = wanted.id();
        Deployment deployment = call.deployment();
        long bound = requireApplication(call, application);
        LoyaltyProgram program = told(
                        programs, new ProgramAt(deployment, programId), () -> loadProgram(deployment, programId))
                .filter(found -> found.applications().contains(bound))
                .orElseThrow(() -> Refusal.of(
                        404, wanted.name() + ": the Application of this API key takes part in no program of that id"));
        if (program.cardBased()) {
            throw Refusal.of(400, wanted.name() + ": the points of this program are on cards, not on profiles");
        }
        call.proven(bound);
    }

    /** The Application of the call's key, when it is the one the call names and the operator's key is there. */
    private long requireApplication(PartnerCall call, Access.Named named) {
        if (call.deployment().managementKey().isEmpty()) {
            throw Refusal.of(501, "This call needs a management key, which the operator has not configured");
        }
        long bound = application(call);
        if (named.id() != 0 && bound != named.id()) {
            throw Refusal.of(404, named.name() + ": this API key belongs to no Application of that id");
        }
        return bound;
    }

    /**
     * A running campaign of the key's Application, asked for with the key itself.
     *
     * @throws Refusal 401 when the key is not accepted, 404 when the Application runs no such campaign
     */
    Campaign runningCampaign(PartnerCall call, long campaignId) {
        UpstreamOperation list = talonOne.contract().operation("integrationGetAllCampaigns");
        ObjectNode query = JsonNodeFactory.instance.objectNode();
        query.put("campaignIds", Long.toString(campaignId)).put("pageSize", "1");
        UpstreamAnswer answer = send(list, call.deployment(), call.credential(), null, query);
        if (!answer.ok()) {
            throw TalonOne.refusal(list, answer);
        }
        JsonNode found = answer.body().path("data").path(0);
        if (found.path("id").asLong() != campaignId) {
            throw Refusal.of(404, "campaignId: the Application of this API key runs no campaign of that id");
        }
        return Campaign.of(found);
    }

    /**
     * The Application that the call's key belongs to.
     *
     * @throws Refusal 401 when nobody can tell
     */
    long application(PartnerCall call) {
        long application = binding(call).application();
        if (application == 0) {
            throw Refusal.of(
                    401,
                    "It cannot be told which Application this API key belongs to: start a campaign in it,"
                            + " or ask the operator to register the key");
        }
        return application;
    }

    private Optional<Campaign> load(Deployment deployment, long application, long campaignId) {
        UpstreamOperation get = talonOne.contract().operation("getCampaign");
        ObjectNode path = JsonNodeFactory.instance.objectNode();
        path.put("applicationId", application).put("campaignId", campaignId);
        return found(get, deployment, path).map(Campaign::of);
    }

    private Optional<LoyaltyProgram> loadProgram(Deployment deployment, long programId) {
        UpstreamOperation get = talonOne.contract().operation("getLoyaltyProgram");
        ObjectNode path = JsonNodeFactory.instance.objectNode();
        path.put("loyaltyProgramId", programId);
        return found(get, deployment, path).map(LoyaltyProgram::of);
    }

    private Optional<JsonNode> found(UpstreamOperation get, Deployment deployment, ObjectNode path) {
        UpstreamAnswer answer = send(get, deployment, null, path, null);
        if (answer.status() == 404 && answer.refuses(get)) {
            return Optional.empty();
        }
        if (!answer.ok()) {
            throw TalonOne.refusal(get, answer);
        }
        return Optional.of(answer.body());
    }

    private UpstreamAnswer send(
            UpstreamOperation operation,
            Deployment deployment,
            Credential credential,
            ObjectNode path,
            ObjectNode query) {
        try {
            return talonOne.send(proof(operation, deployment, credential, path, query));
        } catch (Unanswered e) {
            throw TalonOne.refusal(operation, e);
        }
    }

    private static UpstreamCall proof(
            UpstreamOperation operation,
            Deployment deployment,
            Credential credential,
            ObjectNode path,
            ObjectNode query) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        if (path != null) {
            request.set("path", path);
        }
        if (query != null) {
            request.set("query", query);
        }
        return UpstreamCall.of(operation, deployment, credential, request, null, WAIT);
    }
}
