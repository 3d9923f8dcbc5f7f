package dev.partnergateway.check;

import dev.partnergateway.contract.Nearest;
import java.util.Collection;

/** How a message ends that is about a name that nobody knows. */
final class Names {

    private static final int FEW = 12;

    private Names() {}

    /** The known name that was probably meant; else all of them, where they are few. */
    static String meant(String name, Collection<String> known) {
        String likely = Nearest.likely(name, known);
        if (likely != null) {
            return ": did you mean " + likely + "?";
        }
        return known.isEmpty() || known.size() > FEW
                ? ""
                : "; there " + (known.size() == 1 ? "is " : "are ") + String.join(", ", known);
    }
}
