package dev.partnergateway.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left out of a call without refusing it. A route counts it in its variable {@code leftOut}
 * ({@code {"count": …, "what": …}}); steps of the core note the names of attributes here. The log tells it once, at the
 * end of the call, and never whom it was about.
 */
public final class LeftOut {

    private static final Logger LOG = LoggerFactory.getLogger(LeftOut.class);

    private static final String VARIABLE = "leftOut";
    private static final int MOST_NAMES = 20;

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Set<String>> names = new TreeMap<>();

    /** Notes a thing of this name; of one that could be more than a name, only that there was one. */
    public synchronized void add(String what, String name) {
        counts.merge(what, 1, Integer::sum);
        Set<String> known = names.computeIfAbsent(what, first -> new TreeSet<>());
        if (known.size() < MOST_NAMES) {
            known.add(isName(name) ? name : "(no name of letters, digits and underscores)");
        }
    }

    private static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= 100
                && text.chars().allMatch(c -> c == '_' || c < 128 && Character.isLetterOrDigit(c));
    }

    /** Tells what was left out of a call, if there is anything. */
    public static void tell(Exchange exchange, PartnerCall call) {
        if (exchange.getVariable(VARIABLE) instanceof JsonNode leftOut
                && leftOut.path("count").asInt() > 0) {
            LOG.info(
                    "{} left out {} {}",
                    call,
                    leftOut.path("count").asInt(),
                    leftOut.path("what").asText());
            call.life()
                    .happened(
                            CallLife.Kind.LEFT_OUT,
                            leftOut.path("count").asInt() + " "
                                    + leftOut.path("what").asText());
        }
        if (call.checked() != null && call.checked().leftOut() > 0) {
            LOG.info(
                    "{} left out {} items of its lists that are not as its contract says, the first at {}",
                    call,
                    call.checked().leftOut(),
                    call.checked().firstLeftOut());
            call.life().happened(CallLife.Kind.LEFT_OUT, call.checked().leftOut() + " items of lists");
        }
        call.leftOut().tell(call);
    }

    private synchronized void tell(PartnerCall call) {
        counts.forEach((what, count) -> {
            LOG.info("{} left out {} {}: {}", call, count, what, String.join(", ", names.get(what)));
            call.life().happened(CallLife.Kind.LEFT_OUT, count + " " + what);
        });
    }
}
