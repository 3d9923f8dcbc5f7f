package dev.partnergateway.contract;

import java.util.Set;
import java.util.TreeSet;

/** What a contract may say beyond OpenAPI, by where it may stand. One that is misspelt would switch a check off without a word. */
public final class Extensions {

    /** At the top of a file. */
    public static final Set<String> OF_FILE = names("x-rate-limit", "x-platform");

    /** In an operation. */
    public static final Set<String> OF_OPERATION = names("x-proof", "x-callback", "x-queue", "x-largest-answer");

    /** In a parameter, or in a property of a body. */
    public static final Set<String> OF_VALUE = names(
            "x-deployment",
            "x-credential",
            "x-dry-run",
            "x-attributes",
            "x-characters",
            "x-aliases",
            "x-most-changes",
            "x-member-names",
            "x-most-in-total",
            "x-needed-with",
            "x-apart");

    private Extensions() {}

    private static Set<String> names(String... names) {
        return new TreeSet<>(Set.of(names));
    }
}
