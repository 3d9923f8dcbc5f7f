package dev.partnergateway.sandbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The limits of Talon.One: calls a second for each Management endpoint, calls at once for each profile, how many errors
 * of a request one answer names, and how late its lists are.
 */
final class Limits {

    static final int MANAGEMENT_PER_SECOND = 3;
    static final int PARALLEL_PER_PROFILE = 3;

    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<String, ArrayDeque<Long>> accepted = new HashMap<>();
    private final Map<String, Integer> running = new HashMap<>();
    private int managementPerSecond = MANAGEMENT_PER_SECOND;
    private int parallelPerProfile = PARALLEL_PER_PROFILE;
    private int errorsPerAnswer;
    private int listingLagMillis;

    /** Sets all limits; 0 turns one off. */
    void set(int newManagementPerSecond, int newParallelPerProfile, int newErrorsPerAnswer, int newListingLagMillis) {
        managementPerSecond = newManagementPerSecond;
        parallelPerProfile = newParallelPerProfile;
        errorsPerAnswer = newErrorsPerAnswer;
        listingLagMillis = newListingLagMillis;
        accepted.clear();
    }

    int managementPerSecond() {
        return managementPerSecond;
    }

    int parallelPerProfile() {
        return parallelPerProfile;
    }

    int errorsPerAnswer() {
        return errorsPerAnswer;
    }

    /** How long a new coupon, referral or transaction is missing in lists, in milliseconds. */
    int listingLagMillis() {
        return listingLagMillis;
    }

    /**
     * Counts a Management call. Refused calls do not count.
     *
     * @throws Refusal 429 when the last second is full
     */
    void takeRate(String operation, long nanos) {
        if (managementPerSecond == 0) {
            return;
        }
        ArrayDeque<Long> window = accepted.computeIfAbsent(operation, id -> new ArrayDeque<>());
        while (!window.isEmpty() && nanos - window.peekFirst() >= WINDOW_NANOS) {
            window.removeFirst();
        }
        if (window.size() >= managementPerSecond) {
            throw Refusal.retryLater("Too many requests", 1);
        }
        window.addLast(nanos);
    }

    /**
     * Enters the profiles and sessions that a call changes; every entry must be left again with {@link #leave}.
     *
     * @throws Refusal 409 when one of them is full
     */
    void enter(List<Touched> all) {
        for (Touched touched : all) {
            if (parallelPerProfile > 0 && running.getOrDefault(touched.key(), 0) >= parallelPerProfile) {
                throw Refusal.of(409, "Too many requests are updating this " + touched.of() + " at the same time");
            }
        }
        for (Touched touched : all) {
            running.merge(touched.key(), 1, Integer::sum);
        }
    }

    void leave(List<Touched> all) {
        for (Touched touched : all) {
            running.computeIfPresent(touched.key(), (key, count) -> count == 1 ? null : count - 1);
        }
    }

    /**
     * A profile or session that a call changes.
     *
     * @param of {@code profile} or {@code session}
     */
    record Touched(String of, String id) {
        String key() {
            return of + " " + id;
        }
    }
}
