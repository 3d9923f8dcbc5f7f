package dev.partnergateway.operator;

import dev.partnergateway.http.Answer;
import dev.partnergateway.http.Asset;
import dev.partnergateway.http.ContractReader;
import dev.partnergateway.http.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The operator's pages as files: one document, its style and its modules. They are the same for everybody and hold nothing
 * of calls, so they need no token; all that they show they get from {@code /api}, with it.
 */
final class Site {

    private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String CONTRACT = "contract";

    /** Addresses of the one document; what stands behind the first part is for its modules. */
    private static final Set<String> PAGES = Set.of("", "calls", "decisions", "integrations", "deployments", CONTRACT);

    private final Answer document =
            Asset.of("operator/index.html").withoutMarkupFromText().answer();

    /** Shown with a library that makes markup of the texts of contracts, which are the operator's own. */
    private final Answer contract = Asset.of("operator/contract.html").answer();

    private final Map<String, Answer> files = new HashMap<>();

    Site() {
        for (String name : new String[] {
            "page.css",
            "page.js",
            "html.js",
            "api.js",
            "now.js",
            "calls.js",
            "decisions.js",
            "integrations.js",
            "deployments.js",
            "contract.js",
            "icon.svg"
        }) {
            files.put(name, Asset.of("operator/" + name).answer());
        }
        files.put("uPlot.esm.js", Asset.of(UPLOT + "uPlot.esm.js").answer());
        files.put("uPlot.min.css", Asset.of(UPLOT + "uPlot.min.css").answer());
        ContractReader.FILES.forEach((name, file) -> files.put(name, file.answer()));
    }

    /** Whether an address is of this site, and not of what is kept. */
    static boolean isFor(Request request) {
        String first = request.segments().get(0);
        boolean page = first.isEmpty() ? request.path().equals("/") : PAGES.contains(first);
        return request.reads() && (page || first.equals("assets"));
    }

    Answer answer(Request request) {
        if (request.segments().get(0).equals("assets")) {
            Answer file = request.segments().size() == 2
                    ? files.get(request.segments().get(1))
                    : null;
            return file == null ? Answer.refusal(404, "There is no such file") : file;
        }
        return request.segments().get(0).equals(CONTRACT) ? contract : document;
    }
}
