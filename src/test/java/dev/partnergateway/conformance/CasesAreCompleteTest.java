package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No operation is without cases: every status that it documents, and what a repeat gets. */
class CasesAreCompleteTest {

    /** Documented as Talon.One documents them; reads for many contacts leave out what is not there instead. */
    private static final Set<String> NEVER_GIVEN =
            Set.of("emarsys/getCoupon 404", "emarsys/getLoyaltyProgramBalance 404");

    private static List<Operation> operations() throws IOException {
        List<Operation> operations = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("openapi"))) {
            files.filter(file -> !file.endsWith("talon-one.yaml"))
                    .forEach(file -> operations.addAll(Contract.read(file).operations()));
        }
        // A path without parameters is meant before one with them.
        operations.sort(Comparator.comparing(operation -> operation.path().contains("{")));
        return operations;
    }

    private static boolean takes(Operation operation, JsonNode call) {
        String pattern = operation.path().replaceAll("/$", "").replaceAll("\\{[^}]+}", "[^/]+") + "/?";
        return call.path("method").asText().equals(operation.method())
                && call.path("path").asText().replaceFirst("\\?.*", "").matches(pattern);
    }

    /** Operations, each with what is looked for, that no step shows it of. */
    private static Set<String> without(String what, BiPredicate<List<JsonNode>, Integer> shown) throws IOException {
        List<Operation> operations = operations();
        Set<String> missing = new TreeSet<>();
        operations.forEach(one -> missing.add(one.id() + " " + what));
        for (Case each : Case.all()) {
            for (int i = 0; i < each.steps().size(); i++) {
                JsonNode call = each.steps().get(i).path("call");
                if (shown.test(each.steps(), i)) {
                    operations.stream()
                            .filter(one -> takes(one, call))
                            .findFirst()
                            .ifPresent(one -> missing.remove(one.id() + " " + what));
                }
            }
        }
        return missing;
    }

    @Test
    void everyDocumentedStatusIsShown() throws IOException {
        Set<String> missing = new TreeSet<>();
        Set<Integer> statuses = new TreeSet<>();
        List<Operation> operations = operations();
        operations.forEach(one -> statuses.addAll(one.statuses()));
        for (int status : statuses) {
            Set<String> without = without(
                    Integer.toString(status),
                    (steps, i) -> steps.get(i).path("answer").path("status").asInt() == status);
            operations.stream()
                    .filter(one -> one.statuses().contains(status))
                    .map(one -> one.id() + " " + status)
                    .filter(without::contains)
                    .forEach(missing::add);
        }
        assertEquals(new TreeSet<>(NEVER_GIVEN), missing);
    }

    @Test
    void everyOperationIsShownTwiceWithTheSameCall() throws IOException {
        assertEquals(
                Set.of(),
                without(
                        "repeat",
                        (steps, i) -> i > 0
                                && steps.get(i)
                                        .path("call")
                                        .equals(steps.get(i - 1).path("call"))));
    }
}
