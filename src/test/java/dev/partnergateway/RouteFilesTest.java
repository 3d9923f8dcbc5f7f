package dev.partnergateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.contract.Contract;
import dev.partnergateway.contract.Operation;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Route files as Camel reads them, held against their contracts. */
class RouteFilesTest extends CamelTestSupport {

    static Set<String> integrations() {
        java.io.File[] files =
                java.util.Objects.requireNonNull(Path.of("routes").toFile().listFiles());
        return java.util.Arrays.stream(files)
                .map(file -> file.getName().replace(".camel.yaml", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @MethodSource("integrations")
    void everyOperationOfTheContractHasARouteOfItsName(String integration) throws Exception {
        context.stop();
        Resource file =
                PluginHelper.getResourceLoader(context).resolveResource("file:routes/" + integration + ".camel.yaml");
        context.setAutoStartup(false);
        PluginHelper.getRoutesLoader(context).loadRoutes(file);
        Set<String> routes = context.getRouteDefinitions().stream()
                .map(route -> route.getId())
                .filter(id -> !id.equals(integration))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> operations = Contract.read(Path.of("openapi", integration + ".yaml")).operations().stream()
                .map(Operation::id)
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(routes.containsAll(operations), operations + " are not all in " + routes);
        routes.removeAll(operations);
        // What a route is divided into has names of its integration, too.
        assertEquals(
                Set.of(),
                routes.stream()
                        .filter(route -> !route.startsWith(integration + "/"))
                        .collect(Collectors.toSet()));
    }
}
