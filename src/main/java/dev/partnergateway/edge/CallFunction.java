package dev.partnergateway.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.call.PartnerCall;
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
 * {@code call} in a route's jq: the partner's call, checked and coerced, as {@code {path, query, headers, body}}, from
 * the first step to the last.
 */
public final class CallFunction implements Function {

    @Override
    public void apply(
            Scope scope, List<Expression> arguments, JsonNode in, Path path, PathOutput output, Version version)
            throws JsonQueryException {
        output.emit(PartnerCall.of(JqFunctions.EXCHANGE_LOCAL.get()).checked().call(), null);
    }
}
