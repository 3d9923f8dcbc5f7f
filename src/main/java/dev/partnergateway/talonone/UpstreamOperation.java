package dev.partnergateway.talonone;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One operation of Talon.One that the gateway may call, as {@code openapi/talon-one.yaml} states it.
 *
 * @param id its operationId
 * @param method HTTP method
 * @param path template in segments; a parameter stands as {@code {name}}
 * @param query names of the query parameters it may be given
 * @param key whose key it is called with
 * @param repeat whether it may be sent again
 * @param sequence what it writes that only one call at a time may write; null = nothing
 * @param attributesOf where its body holds custom attributes, as JSON Pointers in which {@code *} is any index, and the
 *     entity they belong to
 * @param audiences where its request holds ids of audiences: member names from the top, {@code *} = every item
 * @param items member of its body that lists what can as well be sent apart; empty = it has none
 * @param largestAnswer bytes that the body of an answer may have, decompressed
 * @param refusals statuses from 400 to 499 that it answers with
 * @param success what it tells with a success
 */
public record UpstreamOperation(
        String id,
        String method,
        List<String> path,
        Set<String> query,
        Key key,
        Repeat repeat,
        Sequence sequence,
        Map<String, String> attributesOf,
        List<List<String>> audiences,
        String items,
        int largestAnswer,
        Set<Integer> refusals,
        UpstreamSuccess success) {

    /**
     * The profile or session that a call writes.
     *
     * @param of {@link #PROFILE} or {@code session}
     * @param inPath whether its id is a path parameter; else it is a member of the body
     * @param name of that parameter or member
     * @param owner JSON pointer in the body to the id of the profile that is written as well; empty = none
     */
    public record Sequence(String of, boolean inPath, String name, String owner) {

        /** What {@link #of} and {@link #owner} say of a profile. */
        public static final String PROFILE = "profile";
    }

    /** Whose key a call is made with. */
    public enum Key {
        /** Integration API: the partner's own {@code ApiKey-v1}. */
        PARTNER,
        /** Management API: the operator's {@code ManagementKey-v1}. */
        MANAGEMENT
    }

    /** What a second send of the same call does. */
    public enum Repeat {
        /** Nothing more than the first. */
        SAFE,
        /** Nothing more, when it carries the same {@code Idempotency-Key}. */
        KEYED,
        /** It has a second effect. */
        NEVER
    }

    /** Whether it sets a state: carrying it out again leaves what is there, whoever sends it and with whatever key. */
    public boolean setsState() {
        return repeat == Repeat.SAFE || repeat == Repeat.KEYED && method.equals("PUT");
    }

    /** Whether it only reads. */
    public boolean reads() {
        return method.equals("GET") || id.startsWith("search");
    }
}
