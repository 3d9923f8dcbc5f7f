package dev.partnergateway.contract;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * A call that keeps its operation's contract, with every value in its declared type.
 *
 * @param call {@code {"path":{…},"query":{…},"headers":{…},"body":{…}}} under the declared names, in the declared
 *     order; optional members that were left out are absent, or have the schema's default
 * @param deployment the text of the member marked {@code x-deployment}; null when none is declared or none was sent
 * @param credential the text of the member marked {@code x-credential}; null when none is declared or none was sent
 * @param dryRun whether the header marked {@code x-dry-run} asks for no change (docs/behaviour.md#dry-run)
 * @param leftOut how many items of lists marked {@code x-apart} are not in the call any more
 * @param firstLeftOut where the first of them was and what was wrong with it, without its values; empty when none was
 * @param spellings the names under which values were sent that have other declared ones, by their JSON Pointers
 */
public record Checked(
        ObjectNode call,
        String deployment,
        String credential,
        boolean dryRun,
        int leftOut,
        String firstLeftOut,
        Map<String, String> spellings) {

    /**
     * The name under which the caller has sent a value.
     *
     * @param place where it is in the checked call
     */
    public String nameOf(JsonPointer place) {
        return spellings.getOrDefault(place.toString(), place.last().getMatchingProperty());
    }

    /** Names no value: a call is personal data and may hold a key. */
    @Override
    public String toString() {
        return "Checked[dryRun=" + dryRun + "]";
    }
}
