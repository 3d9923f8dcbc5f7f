package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** What Camel's tools know of {@code talon-one:}, from the files that are generated for it. */
class TalonOneDescriptionTest {

    @Test
    void everyOptionIsDescribed() throws Exception {
        JsonNode description;
        try (InputStream file =
                TalonOneComponent.class.getResourceAsStream("/META-INF/dev/partnergateway/talonone/talon-one.json")) {
            description = new ObjectMapper().readTree(file);
        }
        assertEquals("talon-one:operations", description.at("/component/syntax").asText());
        Set<String> own = new TreeSet<>();
        for (Map.Entry<String, JsonNode> option : description.path("properties").properties()) {
            assertFalse(option.getValue().path("description").asText().isBlank(), option.getKey());
            own.add(option.getKey());
        }
        assertEquals(new TreeSet<>(Set.of("operations", "missing", "refused", "lazyStartProducer")), own);
    }

    @Test
    void aCamelWithoutTheGatewayFindsItAndItsOptionsButCannotCall() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.start();
            TalonOneEndpoint endpoint = camel.getEndpoint("talon-one:authPing?missing=null", TalonOneEndpoint.class);
            assertEquals("authPing", endpoint.getOperations());
            assertEquals("null", endpoint.getMissing());
            assertThrows(
                    ResolveEndpointFailedException.class, () -> camel.getEndpoint("talon-one:authPing?mising=null"));
            IllegalStateException refused = assertThrows(IllegalStateException.class, endpoint::createProducer);
            assertTrue(refused.getMessage().contains("inside a gateway"), refused.getMessage());
        }
    }
}
