package dev.partnergateway.talonone;

import org.apache.camel.Category;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/**
 * Call operations of the Talon.One deployment that a partner's call is for.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "talon-one",
        title = "Talon.One",
        syntax = "talon-one:operations",
        producerOnly = true,
        remote = true,
        category = {Category.SAAS, Category.API})
public final class TalonOneEndpoint extends DefaultEndpoint {

    @UriPath(
            description =
                    "The operationId of an operation in openapi/talon-one.yaml. Several, separated by commas, carry"
                            + " out one request of a list each.")
    @Metadata(required = true)
    private String operations;

    @UriParam(
            enums = "null",
            description = "With null, what Talon.One does not know (404) is null instead of a refusal of the call.")
    private String missing;

    @UriParam(
            enums = "leave-out",
            description = "With leave-out, what Talon.One refuses for good costs itself alone: it is null, the operator"
                    + " is told, and the rest goes on.")
    private String refused;

    TalonOneEndpoint(String uri, Component component) {
        super(uri, component);
    }

    /** The operations to call, separated by commas. */
    public String getOperations() {
        return operations;
    }

    /** Names the operations to call, separated by commas. */
    public void setOperations(String operations) {
        this.operations = operations;
    }

    /** What becomes of what Talon.One does not know; null = the call is refused. */
    public String getMissing() {
        return missing;
    }

    /** Says what becomes of what Talon.One does not know. */
    public void setMissing(String missing) {
        this.missing = missing;
    }

    /** What becomes of what Talon.One refuses; null = the call is refused. */
    public String getRefused() {
        return refused;
    }

    /** Says what becomes of what Talon.One refuses. */
    public void setRefused(String refused) {
        this.refused = refused;
    }

    @Override
    public Producer createProducer() {
        TalonOneComponent.Calls calls = ((TalonOneComponent) getComponent()).calls(this);
        return new DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) {
                calls.process(exchange);
            }
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("nothing comes in from Talon.One by itself");
    }
}
