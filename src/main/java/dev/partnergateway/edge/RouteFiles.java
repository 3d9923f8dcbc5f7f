package dev.partnergateway.edge;

import org.apache.camel.CamelContext;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.spi.Resource;
import org.apache.camel.util.IOHelper;

/**
 * Reads route files once. Camel reads each of them twice, first for the beans and pipes that it may define before there
 * are routes: here the first time is left out where there are none.
 */
public final class RouteFiles extends YamlRoutesBuilderLoader {

    /** Makes the reader of a context's route files, to be put into its registry. */
    public RouteFiles(CamelContext camel) {
        setCamelContext(camel);
    }

    @Override
    public void preParseRoute(Resource resource) throws Exception {
        if (resource.exists()) {
            String text = IOHelper.loadText(resource.getInputStream());
            if (!text.contains("beans") && !text.contains("Pipe")) {
                return;
            }
        }
        super.preParseRoute(resource);
    }
}
