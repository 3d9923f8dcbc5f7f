package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is found out while one call is checked: where the check stands, what is wrong, and the marked values. For the one
 * thread that checks.
 */
final class Check {
    /** Enough to correct a call in one go; more would only make the answer hard to read. */
    static final int MOST_PROBLEMS = 8;

    /** The published text for a call without a deployment (docs/behaviour.md#addresses). */
    static final String NO_DEPLOYMENT = "No Deployment URL specified";

    /** Member names of free-form objects are the caller's text, so only a readable piece of one is repeated. */
    private static final int LONGEST_NAME = 64;

    private static final String BODY = "the body";

    /** As long as JSON in a text may be before the caller's key is verified: what holds the key may be written so. */
    private static final int LONGEST_UNVERIFIED = 4096;

    private final Budget budget;
    private boolean verified;
    private String label = BODY;
    private String[] names = new String[8];
    private int[] indexes = new int[8];
    private int depth;
    private List<String> problems;
    private boolean deploymentMissing;
    private boolean lenient;
    private boolean misspelt;
    private String deployment;
    private String deploymentPlace = "";
    private Map<String, String> spellings = Map.of();
    private String credential;
    private boolean dryRun;
    private int leftOut;
    private String firstLeftOut = "";

    Check(Budget budget) {
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    /** The caller's key is verified: JSON in texts may be read whatever it takes within the budget. */
    void verified() {
        verified = true;
    }

    /** An item of a list is passed over, which costs the call nothing else. Always null, so that callers return it. */
    JsonNode leaveOut(String sentence) {
        leftOut(1, place() + sentence);
        return null;
    }

    /** As {@link #leaveOut(String)}, for what a trial of the item has found wrong. */
    JsonNode leaveOut(Check trial) {
        leftOut(1, trial.deploymentMissing ? NO_DEPLOYMENT : trial.problems.get(0));
        return null;
    }

    private void leftOut(int items, String first) {
        firstLeftOut = leftOut == 0 ? first : firstLeftOut;
        leftOut += items;
    }

    /** The JSON document in a text; null when there is none that may be read. */
    JsonNode document(String text) {
        if (!verified && text.length() > LONGEST_UNVERIFIED) {
            return null;
        }
        return Json.readOrNull(text, budget, Json.DEEPEST - depth);
    }

    /** The array or object written in a string value; null when there is none. */
    JsonNode container(JsonNode value, char opening) {
        String text = value.textValue();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isWhitespace(c)) {
                // Plain text is common here, and a parser's exception is dear.
                return c == opening ? document(text) : null;
            }
        }
        return null;
    }

    /** Moves to a parameter; later problems are reported under this label. */
    void at(String parameterLabel) {
        label = parameterLabel;
        depth = 0;
    }

    void atBody() {
        at(BODY);
    }

    void enter(String name) {
        grow();
        names[depth++] = name;
    }

    void enter(int index) {
        grow();
        names[depth] = null;
        indexes[depth++] = index;
    }

    void leave() {
        depth--;
    }

    private void grow() {
        if (depth == names.length) {
            names = Arrays.copyOf(names, depth * 2);
            indexes = Arrays.copyOf(indexes, depth * 2);
        }
    }

    /** Reports what was expected here and of which kind the found value is. Always null, so that callers return it. */
    JsonNode refuse(String expectation, JsonNode found) {
        if (found.isTextual() && !Text.isClean(found.textValue())) {
            return refuse(Text.WITHOUT_NUL);
        }
        return report(": expected " + expectation + ", got " + kind(found));
    }

    /** Reports what was expected here. Always null, so that callers return it. */
    JsonNode refuse(String expectation) {
        return report(": expected " + expectation);
    }

    JsonNode require(String expectation) {
        if (lenient) {
            return null;
        }
        // "the body is required" reads as a sentence; a name is set off from what is said about it.
        return report((depth == 0 && label.equals(BODY) ? "" : ":") + " is required: expected " + expectation);
    }

    /** Whether what is missing is missed, from now on. */
    void lenient(boolean now) {
        lenient = now;
    }

    /** Reports a member whose name is nearly one that is known. Always null, so that callers return it. */
    JsonNode misspelt(String name, String meant) {
        misspelt = true;
        enter(name);
        report(": is not known here: did you mean " + meant + "?");
        leave();
        return null;
    }

    /** Whether a name is nearly right: what is sent this way is a mistake of the sender's program, not of one item. */
    boolean isMisspelt() {
        return misspelt;
    }

    JsonNode report(String sentence) {
        if (problems == null) {
            problems = new ArrayList<>(MOST_PROBLEMS);
        }
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(place() + sentence);
        }
        return null;
    }

    /** Says that the deployment is missing; the published text then stands for the whole violation. */
    JsonNode refuseMissingDeployment() {
        deploymentMissing |= !lenient;
        return null;
    }

    void deployment(String value) {
        if (deployment != null && !deployment.equals(value)) {
            refuse("one deployment for the whole call");
        }
        if (deployment == null) {
            deploymentPlace = place();
        }
        deployment = value;
    }

    /** Where the deployment was found, as the caller named it; empty when it was not. */
    String deploymentPlace() {
        return deploymentPlace;
    }

    /**
     * Takes note that a value was sent under another name than its declared one.
     *
     * @param declared its JSON Pointer in the checked call
     */
    void spelled(String declared, String name) {
        if (spellings.isEmpty()) {
            spellings = new HashMap<>();
        }
        spellings.put(declared, name);
    }

    /** As the other, of a member of the object where the check stands. */
    void spelledHere(String declared, String name) {
        if (label.equals(BODY)) {
            spelled("/body" + (depth == 0 ? "" : place()) + "/" + declared, name);
        }
    }

    void credential(String value) {
        if (credential != null && !credential.equals(value)) {
            refuse("one credential for the whole call");
        }
        credential = value;
    }

    /** Text of the deployment; null when none was found so far. */
    String deployment() {
        return deployment;
    }

    /** Text of the credential; null when none was found so far. */
    String credential() {
        return credential;
    }

    boolean isDeploymentMissing() {
        return deploymentMissing;
    }

    void dryRun(boolean asked) {
        dryRun = asked;
    }

    /** Whether further problems would not be told any more, so that a long list need not be read to its end. */
    boolean full() {
        return problems != null && problems.size() == MOST_PROBLEMS;
    }

    boolean passed() {
        return problems == null && !deploymentMissing;
    }

    /** A check of the same place whose findings count only when they are adopted. */
    Check trial() {
        Check trial = new Check(budget);
        trial.verified = verified;
        trial.label = label;
        trial.names = names.clone();
        trial.indexes = indexes.clone();
        trial.depth = depth;
        return trial;
    }

    /** Takes over what a trial has reported. Always null, so that callers return it. */
    JsonNode problemsOf(Check trial) {
        misspelt |= trial.misspelt;
        if (problems == null) {
            problems = new ArrayList<>(MOST_PROBLEMS);
        }
        trial.problems.stream().limit(MOST_PROBLEMS - problems.size()).forEach(problems::add);
        return null;
    }

    void adopt(Check trial) {
        if (trial.leftOut > 0) {
            leftOut(trial.leftOut, trial.firstLeftOut);
        }
        trial.spellings.forEach(this::spelled);
        if (trial.deployment != null) {
            deployment(trial.deployment);
        }
        if (trial.credential != null) {
            credential(trial.credential);
        }
    }

    String problems() {
        return deploymentMissing ? NO_DEPLOYMENT : String.join("; ", problems);
    }

    Checked finish(ObjectNode call) throws ContractViolation {
        if (!passed()) {
            throw new ContractViolation(400, problems());
        }
        return new Checked(call, deployment, credential, dryRun, leftOut, firstLeftOut, spellings);
    }

    private String place() {
        if (depth == 0) {
            return label;
        }
        // "/limits/0/action" alone says body; a parameter keeps its name in front.
        StringBuilder place = new StringBuilder(label.equals(BODY) ? "" : label + " at ");
        for (int i = 0; i < depth; i++) {
            place.append('/');
            if (names[i] == null) {
                place.append(indexes[i]);
            } else {
                appendName(place, names[i]);
            }
        }
        return place.toString();
    }

    private static void appendName(StringBuilder place, String name) {
        int end = Math.min(name.length(), LONGEST_NAME);
        for (int i = 0; i < end; i++) {
            char c = name.charAt(i);
            switch (c) {
                case '~' -> place.append("~0");
                case '/' -> place.append("~1");
                default -> place.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
            }
        }
        if (end < name.length()) {
            place.append('…');
        }
    }

    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            case NUMBER -> node.isIntegralNumber() ? "an integer" : "a number with a fraction or an exponent";
            case OBJECT -> "an object";
            case STRING -> node.textValue().isBlank() ? "a blank string" : "a string";
            default -> "nothing";
        };
    }
}
