package dev.partnergateway.talonone;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A queue that serves parties in turn, each in the order of arrival: who sends many waits behind itself, not in front of
 * others. Not for several threads at once.
 *
 * @param <T> what waits; compared by identity of its {@code equals}
 */
public final class FairQueue<T> {

    /** The party that comes next stands first. */
    private final Map<String, Set<T>> parties = new LinkedHashMap<>();

    private int size;

    /** Adds something to the end of a party's row. */
    public void add(String party, T waiting) {
        if (parties.computeIfAbsent(party, name -> new LinkedHashSet<>()).add(waiting)) {
            size++;
        }
    }

    /** Takes what is next, or null. */
    public T poll() {
        return poll(anything -> true);
    }

    /** Takes the next of those that fit, or null. Only the oldest of each party is looked at. */
    public T poll(Predicate<T> fits) {
        for (Map.Entry<String, Set<T>> party : parties.entrySet()) {
            T oldest = party.getValue().iterator().next();
            if (fits.test(oldest)) {
                String name = party.getKey();
                Set<T> row = parties.remove(name);
                row.remove(oldest);
                size--;
                if (!row.isEmpty()) {
                    parties.put(name, row);
                }
                return oldest;
            }
        }
        return null;
    }

    /** Takes something out that waits no longer; false when it is not there any more. */
    public boolean remove(String party, T waiting) {
        Set<T> row = parties.get(party);
        if (row == null || !row.remove(waiting)) {
            return false;
        }
        size--;
        if (row.isEmpty()) {
            parties.remove(party);
        }
        return true;
    }

    /** How many would be served before a newcomer of a party, if nothing else came. */
    public int ahead(String party) {
        Set<T> row = parties.get(party);
        int own = row == null ? 0 : row.size();
        int ahead = 0;
        for (Collection<T> other : parties.values()) {
            ahead += other == row ? own : Math.min(other.size(), own + 1);
        }
        return ahead;
    }

    /** How many wait. */
    public int size() {
        return size;
    }

    /** Whether nothing waits. */
    public boolean isEmpty() {
        return size == 0;
    }
}
