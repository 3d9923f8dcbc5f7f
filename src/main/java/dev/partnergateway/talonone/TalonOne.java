package dev.partnergateway.talonone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.Credential;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.talonone.UpstreamOperation.Key;
import dev.partnergateway.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;

/**
 * The one way to a deployment, over {@link UpstreamExchange}. On the way a call waits for others that write the same
 * profile, takes its turn at a Management endpoint, is refused while the deployment fails or has too many calls, and is sent
 * again where that is harmless.
 */
public final class TalonOne implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(1);

    /** A call that could not wait longer than this says nothing about a deployment that did not answer it. */
    private static final Duration FAIR_WAIT = Duration.ofMillis(500);

    /** A repeat with less time than this left would only load the deployment. */
    private static final Duration LEAST_WAIT = Duration.ofMillis(50);

    private static final Unanswered FAILED = new Unanswered(Unanswered.Reason.SILENT, new IOException());

    private final UpstreamContract contract;
    private final Settings settings;
    private final Map<String, Semaphore> connections = new ConcurrentHashMap<>();
    private final Meters meters;
    private final Budget budget;
    private final Sequence sequence;
    private final Breakers breakers;
    private final UpstreamExchange http;
    private volatile BiConsumer<Deployment, Credential> accepted = (deployment, credential) -> {};

    /**
     * Prepares calls.
     *
     * @param camel the context whose camel-http is used; configured here
     * @param allowance counts the calls to Management endpoints
     * @param leases who may write which profile, among gateways
     */
    public TalonOne(
            UpstreamContract contract,
            CamelContext camel,
            Settings settings,
            Allowance allowance,
            Leases leases,
            Telemetry telemetry) {
        this.contract = contract;
        this.settings = settings;
        this.meters = new Meters(telemetry.meters());
        this.budget = new Budget(allowance, meters);
        this.sequence = new Sequence(settings.sequenceLimit(), leases, meters);
        this.breakers = new Breakers(settings.breakerPause(), meters);
        this.http = new UpstreamExchange(camel, settings, telemetry);
    }

    /** Whether calls can be made at all; what is false once stays so until the process ends. */
    public boolean usable() {
        return http.usable();
    }

    /** Tells a listener whenever a deployment has done what a partner's key asked for. */
    public void whenAccepted(BiConsumer<Deployment, Credential> listener) {
        this.accepted = listener;
    }

    /** The operations that may be called. */
    public UpstreamContract contract() {
        return contract;
    }

    /**
     * Calls a deployment and takes only success for an answer.
     *
     * @return the answer's JSON; a missing node when it had no body
     * @throws Refusal mapped
     */
    public JsonNode call(UpstreamCall call) {
        UpstreamAnswer answer;
        try {
            answer = send(call);
        } catch (Unanswered e) {
            throw UpstreamErrors.of(call.operation(), e);
        }
        if (!answer.ok()) {
            throw refusal(call.operation(), answer);
        }
        return answer.body();
    }

    /** What the partner is told about an answer that is no success. */
    public static Refusal refusal(UpstreamOperation operation, UpstreamAnswer answer) {
        return UpstreamErrors.of(operation, answer);
    }

    /** What the partner is told when there was no answer. */
    public static Refusal refusal(UpstreamOperation operation, Unanswered failure) {
        return UpstreamErrors.of(operation, failure);
    }

    /** Turns at Management endpoints, for those who have something to do between turn and call. */
    public Budget budget() {
        return budget;
    }

    /**
     * Looks whether a deployment works, without calling it.
     *
     * @throws Refusal 503 when it fails and is left alone for a while
     */
    public void requireWorking(Deployment deployment) {
        breakers.check(deployment);
    }

    /**
     * Waits for a turn to make a call that is written down first.
     *
     * @throws Refusal 429, 501 or 503 when it cannot be made in time; nothing was sent then
     */
    public Turn turn(Deployment deployment, UpstreamOperation operation, Credential party, Duration patience) {
        UpstreamExchange.authorization(operation, deployment, party);
        breakers.check(deployment);
        return budget.take(deployment, operation, party(party), patience);
    }

    /**
     * A turn that needs no waiting, if there is one and nobody waits for it.
     *
     * @throws Refusal 501 or 503 when the deployment cannot be called at all
     */
    public Optional<Turn> turnNow(Deployment deployment, UpstreamOperation operation) {
        UpstreamExchange.authorization(operation, deployment, null);
        breakers.check(deployment);
        return budget.takeNow(deployment, operation);
    }

    private static String party(Credential credential) {
        return credential == null ? "" : credential.hash();
    }

    /**
     * Calls a deployment, again where that is harmless and there is time.
     *
     * @return whatever it answered last
     * @throws Unanswered when it did not
     * @throws Refusal 429 or 503 when its turn did not come, 501 when the deployment has no management key and one is
     *     needed; nothing was sent then
     */
    public UpstreamAnswer send(UpstreamCall call) throws Unanswered {
        long deadline = System.nanoTime() + call.patience().toNanos();
        Sequence.Place place = sequence.enter(call, call.patience());
        // What was sent before with an unknown outcome stays unknown, whatever is said about sending it again.
        Unanswered doubt = null;
        try {
            for (int sent = 1; ; sent++) {
                UpstreamAnswer answer = null;
                Unanswered failure = null;
                Optional<Duration> pause;
                try {
                    Turn turn = turn(call, deadline);
                    answer = send(call.within(left(deadline)), turn);
                    pause = Retries.after(call, answer, sent);
                } catch (Unanswered e) {
                    failure = e;
                    pause = Retries.after(call, e, sent);
                }
                if (pause.isEmpty() || pause.get().plus(LEAST_WAIT).compareTo(left(deadline)) > 0) {
                    if (doubt != null && (failure != null || unheard(call.operation(), answer))) {
                        throw doubt;
                    }
                    if (failure != null) {
                        throw failure;
                    }
                    // What is not there any more after an earlier send went unanswered is as deleted as was asked for.
                    return doubt != null && answer.deletedBefore(call.operation()) ? UpstreamAnswer.DELETED : answer;
                }
                doubt = doubt == null ? doubt(call.operation(), answer, failure) : doubt;
                meters.repeated(call.deployment(), call.operation());
                pause(pause.get());
            }
        } catch (Refusal e) {
            if (doubt != null) {
                throw doubt;
            }
            throw e;
        } finally {
            place.close();
        }
    }

    /**
     * Calls a deployment exactly once, with what must be written down before it is sent. It is written down after all
     * waiting: whoever finds it later counts from then on how long the call may still be under way.
     *
     * @param writeDown commits what is sent and says until when it may leave, as {@link System#nanoTime} counts; nothing
     *     is sent when it throws
     * @return whatever the deployment answered
     * @throws Unanswered when it did not
     * @throws Refusal 429 or 503 when its turn did not come; nothing was sent then
     */
    public UpstreamAnswer sendOnce(UpstreamCall call, LongSupplier writeDown) throws Unanswered {
        long deadline = System.nanoTime() + call.patience().toNanos();
        Sequence.Place place = sequence.enter(call, call.patience());
        try {
            Turn turn = turn(call, deadline);
            UpstreamCall written;
            try {
                written = call.sentBy(writeDown.getAsLong());
            } catch (RuntimeException e) {
                turn.unused();
                throw e;
            }
            return send(written.within(left(deadline)), turn);
        } finally {
            place.close();
        }
    }

    /** Answers that say nothing about what was sent before. */
    private static boolean unheard(UpstreamOperation operation, UpstreamAnswer answer) {
        int status = answer.status();
        boolean refused = status >= 400 && !UpstreamErrors.temporary(status);
        return UpstreamErrors.busy(answer)
                || refused && (status == 429 || status == 409 || status == 401 || !answer.refuses(operation));
    }

    private static Unanswered doubt(UpstreamOperation operation, UpstreamAnswer answer, Unanswered failure) {
        if (operation.reads()) {
            return null;
        }
        if (failure != null) {
            return failure.sent() ? failure : null;
        }
        return answer.status() == 409 || UpstreamErrors.busy(answer)
                ? null
                : new Unanswered(Unanswered.Reason.SILENT, new IllegalStateException("answered " + answer.status()));
    }

    private Turn turn(UpstreamCall call, long deadline) {
        return call.operation().key() == Key.PARTNER
                ? Turn.FREE
                : turn(call.deployment(), call.operation(), call.credential(), left(deadline));
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        }
    }

    /**
     * Calls a deployment exactly once, in a turn that was waited for before.
     *
     * @return whatever it answered
     * @throws Unanswered when it did not
     * @throws Refusal 503 when the deployment fails or has too many calls; nothing was sent then
     */
    public UpstreamAnswer send(UpstreamCall call, Turn turn) throws Unanswered {
        Semaphore share =
                connections.computeIfAbsent(call.deployment().name(), name -> new Semaphore(settings.connections()));
        if (!share.tryAcquire()) {
            turn.unused();
            throw Refusal.retry(503, "Too many calls to this deployment are running: try again", SOON);
        }
        Exchange exchange;
        try {
            exchange = http.prepared(call);
            breakers.enter(call.deployment());
        } catch (RuntimeException e) {
            turn.unused();
            share.release();
            throw e;
        }
        long begun = System.nanoTime();
        UpstreamAnswer answer = null;
        Throwable failure = null;
        try {
            answer = http.carryOut(call, exchange);
            if (call.operation().key() == Key.PARTNER && answer.status() / 100 == 2) {
                accepted.accept(call.deployment(), call.credential());
            }
            return answer;
        } catch (Unanswered | RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            long took = System.nanoTime() - begun;
            share.release();
            if (answer != null && answer.status() == 429) {
                turn.refused(answer.retryAfter());
            } else {
                turn.made(Duration.ofNanos(took));
            }
            note(call, answer, failure, took);
        }
    }

    private void note(UpstreamCall call, UpstreamAnswer answer, Throwable failure, long took) {
        boolean impatient = failure instanceof Unanswered unanswered
                && (unanswered.sent() && call.patience().compareTo(FAIR_WAIT) < 0
                        || unanswered.reason() == Unanswered.Reason.TOO_LATE);
        if (answer != null && answer.status() < 500 || impatient) {
            breakers.over(call.deployment(), null, took);
        } else {
            breakers.over(call.deployment(), failure == null ? FAILED : failure, took);
        }
    }

    @Override
    public void close() {
        budget.close();
        http.close();
    }
}
