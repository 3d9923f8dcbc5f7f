package dev.partnergateway.telemetry;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;

class ReticentTest {

    private static String logged(Throwable failure) {
        StringWriter text = new StringWriter();
        new Reticent(failure, true).printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void whatAnExpressionFailedOnIsNotSaidButWhereItFailedIs() throws Exception {
        Scope scope = Scope.newEmptyScope();
        BuiltinFunctionLoader.getInstance().loadFunctions(Versions.JQ_1_6, scope);
        JsonNode coupon = JsonNodeFactory.instance.objectNode().put("Value", "DEMO-ABCD-EFGH");
        String text = "";
        try {
            JsonQuery.compile("error", Versions.JQ_1_6).apply(scope, coupon, result -> {});
        } catch (JsonQueryException e) {
            assertTrue(e.toString().contains("DEMO-ABCD-EFGH"), e.toString());
            text = logged(new RuntimeCamelException(e));
        }
        assertFalse(text.contains("DEMO"), text);
        assertTrue(text.contains("JsonQueryUserException"), text);
        assertTrue(text.contains("at net.thisptr.jackson.jq"), text);
    }

    @Test
    void framesOfLibrariesAreLeftOutUnlessTheyAreAskedFor() {
        StringWriter text = new StringWriter();
        new Reticent(new IllegalStateException("mend it"), false).printStackTrace(new PrintWriter(text));
        assertTrue(text.toString().contains("at dev.partnergateway"), text.toString());
        assertFalse(text.toString().contains("at org.junit"), text.toString());
    }

    @Test
    void whatTheGatewayItselfSaysStays() {
        assertTrue(logged(new IllegalStateException("mend the route")).contains("mend the route"));
    }
}
