package dev.partnergateway.edge;

import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Makes an error in a step of a route (a stack that overflows, above all) a failure of the call as any other. Camel lets
 * some pass: the call then never ends for it, and it waits for that call whenever it is stopped.
 */
public final class CaughtErrors implements InterceptStrategy {

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        return new Step(target);
    }

    private static final class Step extends DelegateAsyncProcessor {

        Step(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Once once = new Once(callback);
            try {
                return super.process(exchange, once);
            } catch (RuntimeException | Error failure) {
                if (once.done) {
                    // It comes from what followed, which has to see to it itself.
                    throw failure;
                }
                exchange.setException(failure);
                callback.done(true);
                return true;
            }
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
