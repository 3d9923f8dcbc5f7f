package dev.partnergateway.edge;

import dev.partnergateway.call.FailedStep;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.call.Refusal;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Notes which step of a route a call failed in, and makes an error in a step of a route (a stack that overflows, above all) a failure of the call as any other. Camel lets
 * some pass: the call then never ends for it, and it waits for that call whenever it is stopped.
 */
public final class CaughtErrors implements InterceptStrategy {

    /** Longest text of what a step got. */
    private static final int LONGEST_INPUT = 2000;

    private final boolean development;

    /**
     * Makes the strategy.
     *
     * @param development whether what a step got may be told
     */
    public CaughtErrors(boolean development) {
        this.development = development;
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        return new Step(target, definition, development);
    }

    private static final class Step extends DelegateAsyncProcessor {

        private final NamedNode definition;
        private final boolean development;

        Step(Processor target, NamedNode definition, boolean development) {
            super(target);
            this.definition = definition;
            this.development = development;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Once once = new Once(sync -> {
                note(exchange);
                callback.done(sync);
            });
            try {
                return super.process(exchange, once);
            } catch (RuntimeException | Error failure) {
                if (once.done) {
                    // It comes from what followed, which has to see to it itself.
                    throw failure;
                }
                exchange.setException(failure);
                note(exchange);
                callback.done(true);
                return true;
            }
        }

        private void note(Exchange exchange) {
            Exception failure = exchange.getException();
            if (failure == null || failure instanceof Refusal || definition.getLineNumber() < 1) {
                return;
            }
            PartnerCall.carriedBy(exchange)
                    .filter(call -> call.failedStep(failure).isEmpty())
                    .ifPresent(call -> call.failedIn(new FailedStep(
                            failure,
                            String.valueOf(definition.getLocation()).replaceFirst("^[a-z]+:", "")
                                    + ':'
                                    + definition.getLineNumber(),
                            definition.getShortName(),
                            expression(),
                            development ? input(exchange) : null)));
        }

        private String expression() {
            if (definition instanceof ExpressionNode node && node.getExpression() != null) {
                return String.valueOf(node.getExpression().getExpression());
            }
            return definition instanceof ChoiceDefinition choice
                    ? choice.getWhenClauses().stream()
                            .map(when -> String.valueOf(when.getExpression().getExpression()))
                            .collect(Collectors.joining(" "))
                    : "";
        }

        private static String input(Exchange exchange) {
            String text = String.valueOf(exchange.getMessage().getBody());
            return text.length() <= LONGEST_INPUT ? text : text.substring(0, LONGEST_INPUT) + "…";
        }
    }

    private static final class Once implements AsyncCallback {

        private final AsyncCallback callback;
        private volatile boolean done;

        Once(AsyncCallback callback) {
            this.callback = callback;
        }

        @Override
        public void done(boolean sync) {
            done = true;
            callback.done(sync);
        }
    }
}
