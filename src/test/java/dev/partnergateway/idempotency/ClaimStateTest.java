package dev.partnergateway.idempotency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Stores;
import dev.partnergateway.idempotency.ClaimState.Step;
import dev.partnergateway.idempotency.ClaimState.Who;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import dev.partnergateway.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of a claim is the same in the code, in the database and on paper. */
class ClaimStateTest {

    private static final Pattern DRAWN =
            Pattern.compile("\\| `([A-Z]+)` \\| `([A-Z]+)` \\| (caller|owner|sender|operator|pruning) \\| .+ \\|");

    private static final Sql INSERT = new Sql("INSERT INTO answer (id, bound, deployment, operation, state, origin,"
            + " owner, lease_until, created, expires, look_at, sent, request, outcome, reason, parked_from, status,"
            + " content_type, body) VALUES ('x', 0, 'd', 'o', ?, 'x', 'x', 0, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?)");
    private static final Sql DELETE = new Sql("DELETE FROM answer WHERE id = 'x'");

    @Test
    void theStepsAreDrawnInTheDocuments() throws IOException {
        Set<Step> drawn = Files.readAllLines(Path.of("docs/reliability.md")).stream()
                .map(DRAWN::matcher)
                .filter(Matcher::matches)
                .map(row -> new Step(
                        ClaimState.valueOf(row.group(1)),
                        ClaimState.valueOf(row.group(2)),
                        Who.valueOf(row.group(3).toUpperCase(Locale.ROOT))))
                .collect(Collectors.toSet());
        assertEquals(Set.copyOf(ClaimState.STEPS), drawn);
        assertEquals(ClaimState.STEPS.size(), drawn.size(), "each once");
    }

    @Test
    void everyStateIsReachedAndLeft() {
        Set<ClaimState> reached = EnumSet.noneOf(ClaimState.class);
        Set<ClaimState> left = EnumSet.noneOf(ClaimState.class);
        ClaimState.STEPS.forEach(step -> {
            reached.add(step.to());
            left.add(step.from());
        });
        assertEquals(EnumSet.allOf(ClaimState.class), reached);
        assertEquals(EnumSet.allOf(ClaimState.class), left);
    }

    private static boolean taken(Store store, Object... row) {
        try {
            store.update(INSERT, row);
            store.update(DELETE);
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDatabaseTakesNoRowThatIsInNoState(Stores where) {
        Store store = where.store();
        byte[] some = {0, '{', '}'};
        assertTrue(taken(store, "CLAIMED", null, null, null, null, null, null, null, null));
        assertTrue(taken(store, "SENT", 1L, some, null, null, null, null, null, null));
        assertTrue(taken(store, "SETTLED", 1L, some, some, null, null, null, null, null));
        assertTrue(taken(store, "ANSWERED", null, null, null, null, null, 200, "application/json", some));
        assertTrue(taken(store, "PARKED", 1L, some, null, "why", "SENT", null, null, null));
        List<Object[]> wrong = List.of(
                new Object[] {"LOST", null, null, null, null, null, null, null, null},
                new Object[] {"FREE", null, null, null, null, null, null, null, null},
                new Object[] {"CLAIMED", 1L, null, null, null, null, null, null, null},
                new Object[] {"SENT", 1L, null, null, null, null, null, null, null},
                new Object[] {"SENT", null, some, null, null, null, null, null, null},
                new Object[] {"READY", null, some, null, null, null, null, null, null},
                new Object[] {"AGAIN", 1L, some, null, null, null, null, null, null},
                new Object[] {"REFUSED", 1L, some, null, null, null, null, null, null},
                new Object[] {"SETTLED", 1L, some, null, null, null, null, null, null},
                new Object[] {"ANSWERED", null, null, null, null, null, 200, "application/json", null},
                new Object[] {"ANSWERED", null, null, null, null, null, 404, "application/json", some},
                new Object[] {"ANSWERED", null, some, null, null, null, 200, "application/json", some},
                new Object[] {"PARKED", 1L, some, null, "why", null, null, null, null},
                new Object[] {"PARKED", 1L, some, null, null, "SENT", null, null, null},
                new Object[] {"PARKED", 1L, null, null, "why", "SENT", null, null, null},
                new Object[] {"SENT", 1L, some, null, "why", null, null, null, null},
                new Object[] {"SENT", 1L, some, null, null, "SENT", null, null, null});
        for (Object[] row : wrong) {
            assertThrows(StoreException.class, () -> store.update(INSERT, row), () -> List.of(row[0]) + " was taken");
        }
    }
}
