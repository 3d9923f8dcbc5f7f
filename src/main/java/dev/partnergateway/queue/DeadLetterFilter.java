package dev.partnergateway.queue;

import dev.partnergateway.queue.Letters.Row;
import java.time.Instant;
import java.util.Locale;

/**
 * Which dead letters are meant; null = any.
 *
 * @param id request id of a call; what was left out of it is meant, too
 * @param operation the contract's operation
 * @param deployment the operator's name of the deployment
 * @param reason the reason itself, or a part of its text in any letter case
 * @param from not older than
 * @param to older than
 */
public record DeadLetterFilter(
        String id, String operation, String deployment, String reason, Instant from, Instant to) {

    boolean takes(Row dead) {
        String letterId = dead.letter().requestId();
        return (id == null || id.equals(letterId) || letterId.startsWith(id + "-"))
                && (operation == null || operation.equals(dead.letter().operation()))
                && (deployment == null || deployment.equals(dead.letter().deployment()))
                && (from == null || dead.at() >= from.toEpochMilli())
                && (to == null || dead.at() < to.toEpochMilli())
                && (reason == null
                        || reason.equals(dead.reason())
                        || dead.text().toLowerCase(Locale.ROOT).contains(reason.toLowerCase(Locale.ROOT)));
    }
}
