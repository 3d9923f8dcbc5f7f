package dev.partnergateway.coupon;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Callers of this process whose coupons of one deployment wait for a file, or are in one. */
final class WaitingCallers {

    private final Map<String, Caller> byClaim = new HashMap<>();

    /** By campaign, then party: how many wait and were not taken here. */
    private final Map<String, Map<String, Integer>> waiting = new HashMap<>();

    private int size;

    /** One that waits. */
    static final class Caller {

        private final String campaign;
        private final String party;
        private final BlockingQueue<FileOutcome> told = new LinkedBlockingQueue<>();
        private boolean counted;
        private boolean gone;

        private Caller(String campaign, String party) {
            this.campaign = campaign;
            this.party = party;
        }

        /** Tells it; false when it does not wait any more. */
        synchronized boolean tell(FileOutcome outcome) {
            return !gone && told.add(outcome);
        }

        /** Waits to be told; null = it was not told in time. */
        FileOutcome await(Duration patience) throws InterruptedException {
            return told.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        }

        /** Waits no more; null = it was not told until now. */
        synchronized FileOutcome leave() {
            gone = true;
            return told.poll();
        }
    }

    synchronized Caller enter(String claim, String campaign, String party) {
        Caller caller = new Caller(campaign, party);
        byClaim.put(claim, caller);
        count(caller, true);
        return caller;
    }

    synchronized void leave(String claim) {
        count(byClaim.remove(claim), false);
    }

    /** The one who waits for a claim; null = none of this process. */
    synchronized Caller of(String claim) {
        return byClaim.get(claim);
    }

    /** A claim was taken to be sent, or waits once more. */
    synchronized void taken(String claim, boolean taken) {
        Caller caller = byClaim.get(claim);
        if (caller != null) {
            count(caller, !taken);
        }
    }

    private void count(Caller caller, boolean waits) {
        if (caller.counted == waits) {
            return;
        }
        caller.counted = waits;
        int change = waits ? 1 : -1;
        size += change;
        Map<String, Integer> parties = waiting.computeIfAbsent(caller.campaign, campaign -> new HashMap<>());
        if (parties.merge(caller.party, change, Integer::sum) == 0) {
            parties.remove(caller.party);
        }
        if (parties.isEmpty()) {
            waiting.remove(caller.campaign);
        }
    }

    /** How many wait and were not taken here. */
    synchronized int size() {
        return size;
    }

    /** Those who wait and were not taken here. */
    synchronized Collection<Caller> waiting() {
        return List.copyOf(
                byClaim.values().stream().filter(caller -> caller.counted).toList());
    }

    /** How many files go before the one that would hold a new coupon, if nothing else came. */
    synchronized int ahead(String party, String campaign, int most) {
        Set<String> parties = new HashSet<>();
        waiting.values().forEach(each -> parties.addAll(each.keySet()));
        int others = (int)
                waiting.keySet().stream().filter(each -> !each.equals(campaign)).count();
        int own = 1
                + (int) waiting.entrySet().stream()
                        .filter(each -> !each.getKey().equals(campaign)
                                && each.getValue().containsKey(party))
                        .count();
        Map<String, Integer> same = waiting.getOrDefault(campaign, Map.of());
        int all = same.values().stream().mapToInt(Integer::intValue).sum();
        int full = Math.min(all, same.getOrDefault(party, 0) * Math.max(1, parties.size())) / most;
        return Math.min(others, own * parties.size()) + full;
    }
}
