package dev.partnergateway.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.kafka.Topic;
import dev.partnergateway.queue.Delivery.Outcome;
import dev.partnergateway.store.Seal;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes letters out of the queue's topic, one after the other of each partition. A letter is through when it was carried
 * out, or waits in the store, or is a dead letter: only then is its place in the topic given up. When none of these can
 * be done, it comes again.
 */
final class Arrivals implements Processor {

    private final Contents contents;
    private final Delivery delivery;
    private final Waiting waiting;
    private final DeadLetters deadLetters;

    Arrivals(Contents contents, Delivery delivery, Waiting waiting, DeadLetters deadLetters) {
        this.contents = contents;
        this.delivery = delivery;
        this.waiting = waiting;
        this.deadLetters = deadLetters;
    }

    @Override
    public void process(Exchange exchange) throws Topic.NotWritten {
        Letter letter = Letter.of(exchange.getMessage());
        ObjectNode content;
        try {
            content = contents.open(letter);
        } catch (Seal.UnreadableException e) {
            deadLetters.add(letter, 0, Outcome.never("unreadable", e.getMessage()));
            return;
        }
        if (waiting.holds(letter.line())) {
            waiting.add(letter);
            return;
        }
        Outcome outcome = delivery.run(letter, content);
        if (outcome.done()) {
            return;
        }
        if (waiting.mayTryAgain(outcome, 1)) {
            waiting.add(letter, outcome);
        } else {
            deadLetters.add(letter, 1, outcome);
        }
    }
}
