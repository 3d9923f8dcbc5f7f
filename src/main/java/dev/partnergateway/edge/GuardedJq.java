package dev.partnergateway.edge;

import net.thisptr.jackson.jq.Scope;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.language.jq.JqExpression;
import org.apache.camel.language.jq.JqLanguage;

/**
 * jq whose recursion fails the one call that it works for. Camel counts on getting an exception: an error that flies past
 * it leaves its count of running exchanges wrong, and every later stop waits for a call that is long over.
 */
public final class GuardedJq extends JqLanguage {

    @Override
    public Expression createExpression(Expression source, String expression, Object[] properties) {
        Guarded guarded = new Guarded(Scope.newChildScope(getRootScope()), expression);
        guarded.setResultType(property(Class.class, properties, 0, null));
        guarded.setSource(source);
        if (getCamelContext() != null) {
            guarded.init(getCamelContext());
        }
        return guarded;
    }

    private static final class Guarded extends JqExpression {

        Guarded(Scope scope, String expression) {
            super(scope, expression);
        }

        @Override
        public Object evaluate(Exchange exchange) {
            try {
                return super.evaluate(exchange);
            } catch (StackOverflowError e) {
                // Its own trace is a thousand times the same line.
                throw new IllegalStateException("jq went too deep: " + getExpressionText());
            }
        }

        @Override
        public boolean matches(Exchange exchange) {
            try {
                return super.matches(exchange);
            } catch (StackOverflowError e) {
                throw new IllegalStateException("jq went too deep: " + getExpressionText());
            }
        }
    }
}
