package dev.partnergateway.model;

import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.DefaultProducer;

/** camel-http whose calls wait until they may begin. */
final class SteppedHttp extends HttpComponent {

    private final BiConsumer<String, Exchange> before;

    /** Tells somebody, with the method of each call, before anything of it is sent. */
    SteppedHttp(BiConsumer<String, Exchange> before) {
        this.before = before;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        String method = uri.replaceFirst(".*httpMethod=([A-Z]+).*", "$1");
        HttpEndpoint real = (HttpEndpoint) super.createEndpoint(uri, remaining, parameters);
        return new Stepped(uri, this, real, method);
    }

    private final class Stepped extends org.apache.camel.support.DefaultEndpoint {

        private final HttpEndpoint real;
        private final String method;

        Stepped(String uri, SteppedHttp component, HttpEndpoint real, String method) {
            super(uri, component);
            this.real = real;
            this.method = method;
        }

        @Override
        public Producer createProducer() throws Exception {
            Producer producer = real.createProducer();
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) throws Exception {
                    before.accept(method, exchange);
                    producer.process(exchange);
                }

                @Override
                protected void doStart() throws Exception {
                    real.start();
                    producer.start();
                }

                @Override
                protected void doStop() {
                    producer.stop();
                    real.stop();
                }
            };
        }

        @Override
        public org.apache.camel.Consumer createConsumer(org.apache.camel.Processor processor) {
            throw new UnsupportedOperationException("nobody is called here");
        }
    }
}
