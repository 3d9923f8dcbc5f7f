package dev.partnergateway.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.List;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.path.Path;
import org.apache.camel.language.jq.JqFunctions;

/**
 * {@code kept("name")} in a route's jq: the answer that an earlier step kept with {@code variableReceive: name}, as JSON;
 * Camel's own {@code variable} would give its text.
 */
public final class KeptFunction implements Function {

    @Override
    public void apply(
            Scope scope, List<Expression> arguments, JsonNode in, Path path, PathOutput output, Version version)
            throws JsonQueryException {
        arguments.get(0).apply(scope, in, name -> {
            JsonNode kept = JqFunctions.EXCHANGE_LOCAL.get().getVariable(name.asText(), JsonNode.class);
            output.emit(kept == null ? NullNode.getInstance() : kept, null);
        });
    }
}
