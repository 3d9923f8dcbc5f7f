package dev.partnergateway.coupon;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows that wait for a batch. Parties take turns: each turn belongs to the oldest campaign of the next party, and fills
 * up with the rows of all parties in that campaign, one of each in turn. Not for several threads at once.
 */
final class WaitingRows {

    /** Party, then campaign, then rows; what comes next stands first. */
    private final Map<String, Map<JsonNode, Set<BatchRow>>> parties = new LinkedHashMap<>();

    private int size;

    void add(BatchRow row) {
        parties.computeIfAbsent(row.party, party -> new LinkedHashMap<>())
                .computeIfAbsent(row.attempt.path, campaign -> new LinkedHashSet<>())
                .add(row);
        size++;
    }

    /** Takes out a row that waits no longer; false when it is not there any more. */
    boolean remove(BatchRow row) {
        Map<JsonNode, Set<BatchRow>> campaigns = parties.get(row.party);
        Set<BatchRow> rows = campaigns == null ? null : campaigns.get(row.attempt.path);
        if (rows == null || !rows.remove(row)) {
            return false;
        }
        size--;
        tidy(row.party, campaigns, row.attempt.path, rows);
        return true;
    }

    private void tidy(String party, Map<JsonNode, Set<BatchRow>> campaigns, JsonNode campaign, Set<BatchRow> rows) {
        if (rows.isEmpty()) {
            campaigns.remove(campaign);
        }
        if (campaigns.isEmpty()) {
            parties.remove(party);
        }
    }

    /** The rows of the next batch; none when nothing waits. */
    List<BatchRow> take(int most) {
        List<BatchRow> batch = new ArrayList<>();
        if (parties.isEmpty()) {
            return batch;
        }
        String first = parties.keySet().iterator().next();
        Map<JsonNode, Set<BatchRow>> moved = parties.remove(first);
        JsonNode campaign = moved.keySet().iterator().next();
        Set<BatchRow> oldest = moved.remove(campaign);
        moved.put(campaign, oldest);
        Map<String, Iterator<BatchRow>> sources = new LinkedHashMap<>();
        sources.put(first, oldest.iterator());
        parties.forEach((party, campaigns) -> {
            if (campaigns.containsKey(campaign)) {
                sources.put(party, campaigns.get(campaign).iterator());
            }
        });
        parties.put(first, moved);
        while (batch.size() < most && !sources.isEmpty()) {
            for (Iterator<Iterator<BatchRow>> all = sources.values().iterator();
                    all.hasNext() && batch.size() < most; ) {
                Iterator<BatchRow> rows = all.next();
                if (rows.hasNext()) {
                    batch.add(rows.next());
                } else {
                    all.remove();
                }
            }
        }
        batch.forEach(this::remove);
        return batch;
    }

    /** How many batches go before the one that would hold a new row, if nothing else came. */
    int ahead(String party, JsonNode campaign, int most) {
        Set<JsonNode> others = new HashSet<>();
        int sameCampaign = 0;
        for (Map<JsonNode, Set<BatchRow>> campaigns : parties.values()) {
            others.addAll(campaigns.keySet());
            Set<BatchRow> rows = campaigns.get(campaign);
            sameCampaign += rows == null ? 0 : rows.size();
        }
        others.remove(campaign);
        Map<JsonNode, Set<BatchRow>> own = parties.getOrDefault(party, Map.of());
        int ownCampaigns = own.size() + (own.containsKey(campaign) ? 0 : 1);
        int full = own.containsKey(campaign)
                ? Math.min(sameCampaign, own.get(campaign).size() * Math.max(1, parties.size())) / most
                : 0;
        return Math.min(others.size(), ownCampaigns * parties.size()) + full;
    }

    int size() {
        return size;
    }

    List<BatchRow> all() {
        List<BatchRow> all = new ArrayList<>();
        parties.values().forEach(campaigns -> campaigns.values().forEach(all::addAll));
        return all;
    }

    /** Everything, taken out. */
    List<BatchRow> clear() {
        List<BatchRow> all = all();
        parties.clear();
        size = 0;
        return all;
    }
}
