package dev.partnergateway.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Claims that wait to be sent many at a time: their rows are the queue, for every gateway of the store. Whoever has a turn
 * takes them, under each row's own claim, and writes what became of each into its row.
 */
public final class WaitingClaims {

    /** Longer than it takes to find out what became of what was taken. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    /** Within which a caller at another gateway comes for what it is told. */
    private static final Duration CALLER = Duration.ofSeconds(5);

    private final AnswerTable table;

    /** Names this gateway. */
    private final String home = UUID.randomUUID().toString();

    WaitingClaims(AnswerTable table) {
        this.table = table;
    }

    /**
     * What waits of one party for one campaign.
     *
     * @param waited milliseconds that its first has waited
     */
    public record Group(String campaign, String party, long waited) {}

    /** A claim that is about to wait. */
    public static final class Entry {

        private final Claim claim;
        private final String campaign;
        private final String party;
        private final long since = System.nanoTime();
        private final long wantedUntil;

        /**
         * Prepares it; who holds it enters it.
         *
         * @param content everything needed to send it, and to find out later whether it was carried out
         * @param wanted from then on nobody takes it
         */
        public Entry(Claim claim, ObjectNode content, String campaign, String party, Duration wanted) {
            this.claim = claim;
            this.campaign = campaign;
            this.party = party;
            this.wantedUntil = since + wanted.toNanos();
            claim.waits(content);
        }

        /** The claim. */
        public Claim claim() {
            return claim;
        }

        /** It is not entered: the claim is as it was before. */
        public void isOff() {
            claim.waitsNot();
        }

        private AnswerTable.Waiting row(String home) {
            long now = System.nanoTime();
            long wanted = Math.max(1, Duration.ofNanos(wantedUntil - now).toMillis());
            return new AnswerTable.Waiting(
                    claim.id(),
                    claim.owner(),
                    claim.request(),
                    campaign,
                    party,
                    home,
                    Duration.ofNanos(now - since).toMillis(),
                    Math.min(wanted, Row.LONGEST_LEASE.toMillis()));
        }
    }

    /**
     * Lets claims wait: from now on any gateway may take them.
     *
     * @return those whose key another process has taken over meanwhile
     */
    public List<Entry> enter(Collection<Entry> entries) {
        List<Entry> lost = new ArrayList<>();
        for (boolean sentBefore : new boolean[] {false, true}) {
            List<Entry> alike = entries.stream()
                    .filter(entry -> entry.claim.sentBefore() == sentBefore)
                    .sorted(Comparator.comparing(entry -> entry.claim.id()))
                    .toList();
            int[] entered =
                    table.ready(alike.stream().map(entry -> entry.row(home)).toList(), sentBefore);
            for (int i = 0; i < entered.length; i++) {
                if (entered[i] == 0) {
                    lost.add(alike.get(i));
                }
            }
        }
        return lost;
    }

    /** Takes a claim out that nobody has taken; false when somebody has. What was never sent is free then. */
    public boolean withdraw(Claim claim) {
        return claim.withdraw();
    }

    /** Everything that waits at a deployment, at whichever gateway. */
    public List<Group> groups(String deployment) {
        return table.waiting(deployment);
    }

    /** Whether a claim of this gateway waits. */
    public boolean anyOfThisGateway(String deployment) {
        return table.waitsHere(deployment, home);
    }

    /**
     * Takes what waits for a campaign, one of each party in turn: it is written down as sent when this returns.
     *
     * @param name no two that are taken together have the same
     */
    public List<Taken> take(String deployment, String campaign, int most, Function<ObjectNode, String> name) {
        Set<String> names = new HashSet<>();
        List<Taken> found = new ArrayList<>();
        long begun = System.nanoTime();
        for (AnswerTable.Next next : table.next(deployment, campaign, most)) {
            if (next.row().flaw() == Row.Flaw.SEALED) {
                continue;
            }
            try {
                Taken row = new Taken(this, next, campaign, begun);
                if (names.add(name.apply(row.claim.request()))) {
                    found.add(row);
                }
            } catch (IOException | RuntimeException e) {
                table.park(next.row().id(), next.row().owner(), "the stored row cannot be read");
            }
        }
        found.sort(Comparator.comparing(row -> row.claim.id()));
        int[] taken = table.take(found.stream().map(row -> row.row).toList(), LEASE);
        List<Taken> mine = new ArrayList<>();
        for (int i = 0; i < taken.length; i++) {
            if (taken[i] == 1) {
                mine.add(found.get(i));
            }
        }
        return mine;
    }

    /** A claim that was taken to be sent, under its own hold. */
    public static final class Taken {

        private final Row row;
        private final String campaign;
        private final String party;
        private final boolean ofThisGateway;
        private final long since;
        private final long wantedUntil;
        private final Claim claim;

        Taken(WaitingClaims queue, AnswerTable.Next next, String campaign, long begun) throws IOException {
            this.row = next.row();
            this.campaign = campaign;
            this.party = next.party();
            this.ofThisGateway = queue.home.equals(row.home());
            this.since = row.read() - Duration.ofMillis(next.waited()).toNanos();
            this.wantedUntil = row.read() + Duration.ofMillis(row.lease()).toNanos();
            this.claim = new Claim(queue.table, row, row.owner(), LEASE, begun);
        }

        /** The claim; what it says of its request is what was written down. */
        public Claim claim() {
            return claim;
        }

        /** Whether its caller waits at this gateway. */
        public boolean ofThisGateway() {
            return ofThisGateway;
        }

        /** Whether it was sent before, and it is not known what became of it. */
        public boolean again() {
            return row.state() == ClaimState.AGAIN;
        }

        /** Time since it began to wait. */
        public Duration waited() {
            return Duration.ofNanos(System.nanoTime() - since);
        }

        /** Whether somebody still waits for it. */
        public boolean wanted() {
            return wantedUntil - System.nanoTime() > 0;
        }

        private AnswerTable.Waiting waiting(JsonNode request) {
            long wanted = Duration.ofNanos(wantedUntil - System.nanoTime()).toMillis();
            return new AnswerTable.Waiting(
                    claim.id(),
                    claim.owner(),
                    request,
                    campaign,
                    party,
                    row.home(),
                    waited().toMillis(),
                    Math.max(1, wanted));
        }

        private AnswerTable.Key key() {
            return new AnswerTable.Key(claim.id(), claim.owner());
        }
    }

    /** Something that waits once more. */
    public record Back(Taken taken, ObjectNode content) {}

    /**
     * Lets what was taken wait for the next time.
     *
     * @param sent whether it may have been sent, so that it is not known what became of it
     */
    public void putBack(Collection<Back> rows, boolean sent) {
        table.waitOn(
                rows.stream().map(row -> row.taken().waiting(row.content())).toList(), sent);
    }

    /** Lets go of what was sent and is not found: it is looked for soon. */
    public void unknown(Collection<Taken> rows) {
        table.letGoSent(rows.stream().map(Taken::key).toList(), true, Duration.ZERO);
    }

    /** Keeps what Talon.One has made for a caller at another gateway, or for the repeat. */
    public void made(Taken row, JsonNode made) {
        row.claim.settled(made);
        row.claim.keepFor(CALLER);
    }

    /** Keeps Talon.One's refusal for a caller at another gateway: nothing was made, and nothing is under way. */
    public void refused(Taken row, Refusal refusal) {
        table.refuse(row.claim.id(), row.claim.owner(), refusal.write(), CALLER);
    }

    /**
     * What a caller of this gateway is told by another one.
     *
     * @param hold the caller's {@link Claim#hold}
     * @param made what Talon.One has made; null = it was refused
     * @param refusal null = it was made
     */
    public record Told(String hold, JsonNode made, Refusal refusal) {}

    /** What became of claims of this gateway that other gateways have sent. */
    public List<Told> told() {
        List<Told> told = new ArrayList<>();
        for (Row row : table.told(home)) {
            try {
                JsonNode outcome = Json.read(row.outcome());
                String hold = row.id() + ' ' + row.owner();
                told.add(
                        row.state() == ClaimState.SETTLED
                                ? new Told(hold, outcome, null)
                                : new Told(hold, null, Refusal.read(outcome)));
            } catch (IOException | RuntimeException e) {
                // It was sealed with a key that this gateway does not have: the repeat finds it, at whichever has it.
                continue;
            }
        }
        return told;
    }
}
