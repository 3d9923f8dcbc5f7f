package dev.partnergateway.bench;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** Baseline: the shortest Camel route from platform-http to http. Arguments: own port, upstream port. */
public final class CamelProxy {

    private CamelProxy() {}

    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        main.configure().setBasePackageScanEnabled(false);
        main.configure().httpServer().withEnabled(true).withPort(Integer.parseInt(arguments[0]));
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/braze/event")
                        .removeHeaders("CamelHttp*")
                        .to("http://127.0.0.1:" + arguments[1]
                                + "/v2/events?silent=no&httpMethod=POST&connectionsPerRoute=1000"
                                + "&throwExceptionOnFailure=false");
            }
        });
        main.addMainListener(new org.apache.camel.main.MainListenerSupport() {
            @Override
            public void afterStart(org.apache.camel.main.BaseMainSupport started) {
                System.out.println("ready");
            }
        });
        main.run();
    }
}
