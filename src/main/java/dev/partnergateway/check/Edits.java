package dev.partnergateway.check;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Edited files that could not be loaded while the gateway runs: what was served before goes on. */
public final class Edits {

    /**
     * An integration whose files are not what is served.
     *
     * @param integration its name
     * @param at when its files were looked at
     * @param mistakes why they were not loaded
     */
    public record Refused(String integration, Instant at, List<Mistake> mistakes) {}

    private final Map<String, Refused> refused = new ConcurrentSkipListMap<>();

    /** An edit was not loaded. */
    public void refused(Refused edit) {
        refused.put(edit.integration(), edit);
    }

    /** What stands in the files of an integration is served, or nothing stands there any more. */
    public void done(String integration) {
        refused.remove(integration);
    }

    /** The last edit of each integration whose files are not what is served, by name. */
    public Collection<Refused> refused() {
        return List.copyOf(refused.values());
    }
}
