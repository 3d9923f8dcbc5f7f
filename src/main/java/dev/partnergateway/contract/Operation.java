package dev.partnergateway.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One operation of an integration's OpenAPI file, compiled. Immutable and safe for any number of threads. */
public final class Operation {
    /** What callers send to see what would happen, at every operation that knows it. */
    private static final String DRY_RUN = "X-DRY-RUN";

    private static final String PATH_TEXT = "text that is not \".\" or \"..\" and has no control characters";

    private final Head head;
    private final List<Parameter> path;
    private final Query query;
    private final List<Parameter> headers;
    private final Body body;

    /** What the file says about the operation as a whole. */
    record Head(
            String id,
            String method,
            String path,
            int successStatus,
            Set<Integer> statuses,
            Authentication authentication,
            Proof proof,
            LargestAnswer largestAnswer,
            boolean callback,
            List<Queueing> queueing,
            int rateLimit,
            String platform) {}

    Operation(Head head, List<Parameter> path, Query query, List<Parameter> headers, Body body) {
        this.head = head;
        this.path = List.copyOf(path);
        this.query = query;
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    /**
     * The operation's name in its file.
     *
     * @return the {@code operationId}
     */
    public String id() {
        return head.id();
    }

    /**
     * The HTTP method.
     *
     * @return its name in upper case
     */
    public String method() {
        return head.method();
    }

    /**
     * The path template with the path of the file's first server in front.
     *
     * @return a path such as {@code /shop/audiences/{audienceId}}
     */
    public String path() {
        return head.path();
    }

    /**
     * The status of an answer to a call that succeeded.
     *
     * @return the lowest documented status from 200 to 299
     */
    public int successStatus() {
        return head.successStatus();
    }

    /**
     * Every documented status.
     *
     * @return statuses from 100 to 599, in the order of the file
     */
    public Set<Integer> statuses() {
        return head.statuses();
    }

    /**
     * How the caller proves who it is (docs/behaviour.md#keys).
     *
     * @return {@link Authentication#BODY} when a member of the body is marked {@code x-credential}, else what the
     *     security requirement says
     */
    public Authentication authentication() {
        return head.authentication();
    }

    /**
     * What has to be proven of its callers ({@code x-proof}).
     *
     * @return places in the checked call; none where nothing has to be proven
     */
    public Proof proof() {
        return head.proof();
    }

    /**
     * How large an answer the partner takes.
     *
     * @return the operation's {@code x-largest-answer}, or one without a limit
     */
    public LargestAnswer largestAnswer() {
        return head.largestAnswer();
    }

    /**
     * Whether its result may be posted to an address of the caller ({@code x-callback}, docs/behaviour.md#callbacks).
     *
     * @return true when callers may ask for it
     */
    public boolean callback() {
        return head.callback();
    }

    /**
     * Whether some of its calls may be carried out later ({@code x-queue}).
     *
     * @return true when there are such calls
     */
    public boolean queueable() {
        return !head.queueing().isEmpty();
    }

    /**
     * How a call is carried out later ({@code x-queue}).
     *
     * @param call the checked call
     * @return empty when its answer depends on Talon.One's
     */
    public Optional<Queueing> queueing(ObjectNode call) {
        return head.queueing().stream().filter(entry -> entry.isAbout(call)).findFirst();
    }

    /**
     * How many calls a second one key may make to all operations of the file together ({@code x-rate-limit}).
     *
     * @return the limit; 0 = none
     */
    public int rateLimit() {
        return head.rateLimit();
    }

    /**
     * The file's {@code x-platform}: what Talon.One calls the platform that its keys are made for.
     *
     * @return its text, or an empty one
     */
    public String platform() {
        return head.platform();
    }

    /**
     * Reads as much of a call as is needed to know whom it is from and for: path, query and headers are checked, the
     * body becomes a tree. JSON in texts is not read, unless the text is short.
     *
     * @param call the call as it came in
     * @param budget what its documents may cost
     * @return the opened call
     * @throws ContractViolation when the body is no document, the deployment cannot be told because a parameter is
     *     wrong, or the budget does not do
     */
    public Opened open(RawCall call, Budget budget) throws ContractViolation {
        return within(() -> {
            Check check = new Check(budget);
            ObjectNode checked = Json.FACTORY.objectNode();
            checked.set("path", checkPath(call, check));
            checked.set("query", query.check(call.rawQuery(), check));
            checked.set("headers", checkHeaders(call, check));
            refuseUnknownDryRun(call, check);
            Body.Content content = body == null ? null : body.read(call, check);
            if (content != null) {
                Body.find(content, check);
            }
            return new Opened(check, checked, content);
        });
    }

    /**
     * Checks an opened call and gives its values in their declared types.
     *
     * @param opened what {@link #open} gave
     * @param verified whether the caller's key is good: only then JSON in long texts is read
     * @return the checked call
     * @throws ContractViolation naming everything that was found wrong, at most eight problems; its text is exactly
     *     {@code No Deployment URL specified} when a required deployment is missing
     */
    public Checked check(Opened opened, boolean verified) throws ContractViolation {
        return within(() -> {
            Check check = opened.check;
            if (verified) {
                check.verified();
            }
            JsonNode checked = opened.content == null ? null : body.check(opened.content, check);
            opened.call.set("body", checked == null ? Json.FACTORY.objectNode() : checked);
            return check.finish(opened.call);
        });
    }

    private interface Work<T> {
        T done() throws ContractViolation;
    }

    private static <T> T within(Work<T> work) throws ContractViolation {
        try {
            return work.done();
        } catch (Budget.Exceeded e) {
            throw new ContractViolation(e.status(), e.getMessage());
        } catch (StackOverflowError e) {
            throw new ContractViolation(400, "the body: expected JSON nested at most " + Json.DEEPEST + " levels deep");
        }
    }

    private ObjectNode checkPath(RawCall call, Check check) {
        ObjectNode values = Json.FACTORY.objectNode();
        for (Parameter parameter : path) {
            String encoded = call.pathParameters().get(parameter.name());
            String text = encoded == null ? null : UrlEncoded.decode(encoded, false);
            if (encoded != null && text == null) {
                check.at(parameter.label());
                check.refuse(UrlEncoded.EXPECTATION);
            } else if (text != null && !isPathText(text)) {
                check.at(parameter.label());
                check.refuse(PATH_TEXT);
            } else {
                parameter.take(parameter.name(), text, values, check);
            }
        }
        return values;
    }

    private static boolean isPathText(String text) {
        // A dot segment would change the path of the upstream call that the value becomes a part of.
        return !text.equals(".") && !text.equals("..") && text.chars().noneMatch(Character::isISOControl);
    }

    /** Who asks for no change must never get one, also where no dry run is offered. */
    private void refuseUnknownDryRun(RawCall call, Check check) {
        boolean asked = call.headers().apply(DRY_RUN).stream()
                .anyMatch(text -> text.strip().equalsIgnoreCase("true"));
        if (asked
                && !method().equals("GET")
                && headers.stream().flatMap(header -> header.names().stream()).noneMatch(DRY_RUN::equalsIgnoreCase)) {
            check.at("header " + DRY_RUN);
            check.refuse("no true here: this operation knows no dry run, and nothing was done");
        }
    }

    private ObjectNode checkHeaders(RawCall call, Check check) {
        ObjectNode values = Json.FACTORY.objectNode();
        for (Parameter parameter : headers) {
            String name = parameter.name();
            List<String> sent = call.headers().apply(name);
            for (String alias : parameter.aliases()) {
                List<String> others = call.headers().apply(alias);
                name = sent.isEmpty() && !others.isEmpty() ? alias : name;
                sent = sent.isEmpty() ? others : others.isEmpty() ? sent : List.of(name, alias);
            }
            if (sent.size() > 1) {
                check.at(parameter.label(name));
                check.refuse("once, found it several times");
            } else {
                parameter.take(name, sent.isEmpty() ? null : sent.get(0).strip(), values, check);
            }
        }
        return values;
    }
}
