package dev.partnergateway.audience;

import dev.partnergateway.access.Access;
import dev.partnergateway.store.Store;
import dev.partnergateway.talonone.TalonOne;
import java.util.concurrent.Executor;

/**
 * The room put together: ids of audiences (docs/behaviour.md#audiences) and their safe creation
 * (docs/behaviour.md#repeats).
 */
public final class Audiences {

    private final AudienceIds ids;
    private final AudienceCreation creation;

    /**
     * Puts it together.
     *
     * @param executor lists audiences
     */
    public Audiences(TalonOne talonOne, Access access, Store store, Executor executor) {
        AudienceTable table = new AudienceTable(store);
        AudienceListing listing = new AudienceListing(talonOne, executor);
        ids = new AudienceIds(access, table, listing);
        creation = new AudienceCreation(talonOne, access, table, listing);
    }

    /** Puts Talon.One's ids where a route has written partners' ids, and keeps the map of them right. */
    public AudienceIds ids() {
        return ids;
    }

    /** The step for {@code talon-one:createAudienceV2}. */
    public AudienceCreation creation() {
        return creation;
    }
}
