package dev.partnergateway.call;

import dev.partnergateway.contract.Budget;
import dev.partnergateway.contract.Checked;
import dev.partnergateway.contract.Operation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;

/**
 * One call of a partner on its way through the gateway: what every step may know about it. Text of the caller stays in
 * {@link #checked()}; deployment and credential are set once, by the access check.
 *
 * <p>One thread at a time works on a call: the event loop hands it to a worker, and that hands parts of it to others only
 * after all was set. What the timer of the deadline and a stopping gateway read meanwhile is volatile or atomic.
 */
public final class PartnerCall {

    private static final String PROPERTY = PartnerCall.class.getName();

    private static final Duration ANSWERING = Duration.ofMillis(100);

    /** What the call is waiting for; decides what the partner is told when its deadline passes. */
    public enum Phase {
        /** Checks, or reading from Talon.One: nothing has been changed. */
        CHECKING,
        /** A first call with the same key is being worked on. */
        WAITING,
        /** Something that changes Talon.One is on its way; the same call again does not do it twice. */
        SENDING,
        /** Something that changes Talon.One is on its way; the same call again would do it again. */
        SENDING_ONCE
    }

    private final String requestId;
    private final String source;
    private final long deadline;
    private final AtomicReference<Phase> furthest = new AtomicReference<>(Phase.CHECKING);
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<String, AtomicInteger> occurrences = new ConcurrentHashMap<>();
    private final LeftOut leftOut = new LeftOut();
    private final CallLife life = new CallLife();
    private final String ownName = UUID.randomUUID().toString();
    private Operation operation;
    private volatile Checked checked;
    private Deployment deployment;
    private Credential credential;
    private long application;
    private String seed;
    private int renewed;
    private final AtomicReference<Runnable> whenOver = new AtomicReference<>();
    private Budget budget = Budget.ofItsOwn();
    private volatile FailedStep failedStep;

    /**
     * Begins a call.
     *
     * @param requestId the {@code RequestUUID}
     * @param budget time within which it is answered
     * @param source network address it came from
     */
    public PartnerCall(String requestId, Duration budget, String source) {
        this.requestId = requestId;
        this.source = source;
        this.deadline = System.nanoTime() + budget.toNanos();
    }

    /**
     * The call an exchange carries.
     *
     * @throws IllegalStateException when the exchange did not come in over the partner port
     */
    public static PartnerCall of(Exchange exchange) {
        PartnerCall call = exchange.getProperty(PROPERTY, PartnerCall.class);
        if (call == null) {
            throw new IllegalStateException("this step works on calls of partners only");
        }
        return call;
    }

    /** The call an exchange carries, if it carries one. */
    public static Optional<PartnerCall> carriedBy(Exchange exchange) {
        return Optional.ofNullable(exchange.getProperty(PROPERTY, PartnerCall.class));
    }

    /** A step of its route failed; of several that a failure passes the first is kept. */
    public void failedIn(FailedStep step) {
        if (failedStep == null || !failedStep.isOf(step.failure())) {
            failedStep = step;
        }
    }

    /** The step that a failure came out of, if it came out of one. */
    public Optional<FailedStep> failedStep(Throwable failure) {
        return Optional.ofNullable(failedStep).filter(step -> step.isOf(failure));
    }

    /** Puts the call on its exchange. */
    public void on(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /** What the documents of this call may cost. */
    public void budget(Budget theBudget) {
        this.budget = theBudget;
    }

    /** What the documents of this call may cost. */
    public Budget budget() {
        return budget;
    }

    /** The call's path and method are those of an operation. */
    public void about(Operation theOperation) {
        this.operation = theOperation;
    }

    /** The contract check has passed. */
    public void checked(Operation theOperation, Checked content) {
        this.operation = theOperation;
        this.checked = content;
    }

    /** The access check has passed. */
    public void admitted(Deployment theDeployment, Credential theCredential) {
        this.deployment = theDeployment;
        this.credential = theCredential;
    }

    /** The caller's key has been proven to belong to an Application. */
    public void proven(long applicationId) {
        this.application = applicationId;
    }

    /** The {@code RequestUUID}. */
    public String requestId() {
        return requestId;
    }

    /** Network address the call came from. */
    public String source() {
        return source;
    }

    /** Time left until the partner is answered whatever happens; never negative. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    /**
     * Longest useful wait for Talon.One: leaves time to make the partner's answer.
     *
     * @throws Refusal 503 when there is no time left to send anything
     */
    public Duration upstreamWait() {
        Duration wait = remaining().minus(ANSWERING);
        if (wait.isNegative() || wait.isZero()) {
            throw Refusal.retry(503, "No time was left to call Talon.One: try again", Duration.ofSeconds(1));
        }
        return wait;
    }

    /** Something to be done once when nothing works on the call any more. */
    public void whenOver(Runnable action) {
        whenOver.set(action);
    }

    /** Nothing works on the call any more, or nothing that counts for its deployment; the first time counts. */
    public void over() {
        Runnable action = whenOver.getAndSet(null);
        if (action != null) {
            action.run();
        }
    }

    /**
     * What the call is waiting for. Its parts may run side by side: what is furthest counts, and what was sent stays sent.
     */
    public Phase phase() {
        Phase reached = furthest.get();
        return reached == Phase.CHECKING && waiting.get() > 0 ? Phase.WAITING : reached;
    }

    /** Notes that something that changes Talon.One is on its way. */
    public void sends(Phase how) {
        furthest.accumulateAndGet(how, (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }

    /** As the partner is told of a refusal: with what the same call again would do, where its outcome is not known. */
    public Refusal told(Refusal refusal) {
        return refusal.promising(phase() != Phase.SENDING_ONCE);
    }

    /** A part of the call begins to wait for a first call with the same key. */
    public void waits() {
        waiting.incrementAndGet();
    }

    /** A part of the call has stopped to wait. */
    public void waited() {
        waiting.decrementAndGet();
    }

    /** What happens to the call. */
    public CallLife life() {
        return life;
    }

    /** What is left out of the call without refusing it. */
    public LeftOut leftOut() {
        return leftOut;
    }

    /** The contract's operation; null when none has the call's path and method. */
    public Operation operation() {
        return operation;
    }

    /** What the caller sent, checked and coerced; null before the contract check. */
    public Checked checked() {
        return checked;
    }

    /** Whether the access check has found deployment and key. */
    public boolean isAdmitted() {
        return credential != null;
    }

    /**
     * The configured deployment the call is for.
     *
     * @throws Refusal 400 when the call named none
     */
    public Deployment deployment() {
        if (deployment == null) {
            throw Refusal.of(400, "No Deployment URL specified");
        }
        return deployment;
    }

    /** Whether the call is for a deployment. */
    public boolean hasDeployment() {
        return deployment != null;
    }

    /**
     * The partner's key.
     *
     * @throws Refusal 401 when the call carried none
     */
    public Credential credential() {
        if (credential == null) {
            throw Refusal.of(401, "Missing Session Token");
        }
        return credential;
    }

    /** Application the key was proven to belong to; 0 = not proven. */
    public long application() {
        return application;
    }

    /**
     * The call comes out of the queue and may do so again, so that whatever tells its effects apart must come out the
     * same each time.
     *
     * @param theSeed the same for every time it is carried out
     * @param timesRenewed how often it was put back into the queue after Talon.One had refused it
     */
    public void repeatable(String theSeed, int timesRenewed) {
        this.seed = theSeed;
        this.renewed = timesRenewed;
    }

    /**
     * How often the call was given to Talon.One anew after a refusal: Talon.One keeps refusals for its
     * {@code Idempotency-Key}, so that a repaired call needs another one.
     */
    public int renewed() {
        return renewed;
    }

    /**
     * Names a part of the call by which its effects are told apart. Equal parts get names of their own, and the same ones
     * each time the call is carried out, whichever of its parts comes first.
     *
     * @param content what the part is about
     * @return empty when the call is carried out once only
     */
    public Optional<String> drawName(String content) {
        return seed == null
                ? Optional.empty()
                : Optional.of(Credential.sha256(seed + ':' + content + ':' + occurrence(content)));
    }

    /** How often a text was counted before in this call: 0 for the first time. */
    public int occurrence(String text) {
        return occurrences
                .computeIfAbsent(Credential.sha256(text), first -> new AtomicInteger())
                .getAndIncrement();
    }

    /** A text that no other call has; the same every time the call is carried out, where that is possible. */
    public String distinction() {
        return seed == null ? ownName : seed;
    }

    @Override
    public String toString() {
        return requestId + (operation == null ? "" : " " + operation.id());
    }
}
