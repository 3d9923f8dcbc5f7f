package dev.partnergateway;

import dev.partnergateway.check.Checker;
import dev.partnergateway.check.Edits;
import dev.partnergateway.check.IntegrationFiles;
import dev.partnergateway.check.Mistake;
import dev.partnergateway.contract.Contract;
import dev.partnergateway.edge.ContractFiles;
import dev.partnergateway.edge.PartnerServer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads edited files of integrations while the gateway runs: routes and contract of an integration together, or not at
 * all. What stands in the files is looked at first, as a whole, when nothing has been written to them for a moment; where
 * anything is wrong, what was served before goes on. Calls that come while an integration is exchanged wait for it.
 */
final class Reload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** Between two looks; what is the same in two of them is written to the end. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** Looks after which a file that is still empty is meant to be empty. */
    private static final int PATIENCE = 8;

    private static final Path HOME = Path.of("");

    private final ModelCamelContext camel;
    private final PartnerServer server;
    private final ContractFiles contracts;
    private final Checker checker;
    private final Edits edits;
    private final Thread thread = new Thread(this::look, "reload");
    private IntegrationFiles served;
    private IntegrationFiles tried;
    private volatile boolean over;

    Reload(ModelCamelContext camel, PartnerServer server, ContractFiles contracts, Checker checker, Edits edits) {
        this.camel = camel;
        this.server = server;
        this.contracts = contracts;
        this.checker = checker;
        this.edits = edits;
    }

    /**
     * Begins to look.
     *
     * @param files what the gateway was started with
     */
    Reload begin(IntegrationFiles files) {
        served = files;
        tried = files;
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void look() {
        IntegrationFiles before = tried;
        int begun = 0;
        while (!over) {
            try {
                Thread.sleep(LOOK.toMillis());
                IntegrationFiles now = IntegrationFiles.read(HOME);
                begun = now.isBeingWritten() ? begun + 1 : 0;
                if (now.equals(before) && !now.equals(tried) && (begun == 0 || begun > PATIENCE)) {
                    exchange(now);
                    tried = now;
                }
                before = now;
            } catch (InterruptedException e) {
                return;
            } catch (UncheckedIOException unreadable) {
                LOG.debug("The files of integrations cannot be read now", unreadable);
            } catch (RuntimeException e) {
                LOG.error("Edited files could not be loaded", e);
            }
        }
    }

    private void exchange(IntegrationFiles now) {
        Set<String> edited = new TreeSet<>(served.integrations());
        edited.addAll(now.integrations());
        edited.removeIf(name -> now.same(tried, name));
        if (!now.sameUpstream(tried)) {
            LOG.info("openapi/talon-one.yaml was edited: the gateway uses it from its next start on");
        }
        for (String name : edited) {
            if (now.text(IntegrationFiles.routes(name)).isEmpty()) {
                held(name, () -> unload(name));
                served = served.of(name, now);
                edits.done(name);
                LOG.info("{} is gone: its integration is not served any more", IntegrationFiles.routes(name));
            } else {
                load(name, now);
            }
        }
    }

    private void load(String name, IntegrationFiles now) {
        Checker.Found found = checker.check(now, Set.of(name));
        if (!found.isClean()) {
            refused(name, found.mistakes());
            return;
        }
        if (now.same(served, name)) {
            // Back to what is served.
            edits.done(name);
            return;
        }
        IntegrationFiles last = served;
        held(name, () -> {
            try {
                put(name, now, found.contracts().get(name));
                served = served.of(name, now);
                edits.done(name);
                LOG.info("{} was loaded", IntegrationFiles.routes(name));
            } catch (Exception e) {
                refused(
                        name,
                        List.of(new Mistake(IntegrationFiles.routes(name), 1, 1, String.valueOf(e.getMessage()))));
                back(name, last);
            }
        });
    }

    private void refused(String name, List<Mistake> mistakes) {
        edits.refused(new Edits.Refused(name, Instant.now(), mistakes));
        mistakes.forEach(mistake -> LOG.error("{}", mistake));
        LOG.error(
                "{} was not loaded: {}",
                name,
                served.integrations().contains(name) ? "what was served before goes on" : "it is not served");
    }

    private void back(String name, IntegrationFiles last) {
        try {
            if (last.integrations().contains(name)) {
                Map<String, Contract> known = checker.check(last, Set.of(name)).contracts();
                put(name, last, known.get(name));
            } else {
                unload(name);
            }
        } catch (Exception e) {
            LOG.error("{} is not served any more: start the gateway again", name, e);
        }
    }

    /** Calls of the integration wait meanwhile. */
    private void held(String name, Runnable work) {
        server.hold(name);
        try {
            work.run();
        } finally {
            server.goOn(name);
        }
    }

    private void put(String name, IntegrationFiles files, Contract contract) throws Exception {
        unload(name);
        contracts.give(name, contract);
        String file = IntegrationFiles.routes(name);
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.fromString(
                        "file:" + file, files.text(file).orElseThrow()));
    }

    /** The way in first: what it has let in comes to its end before the rest is taken away. */
    private void unload(String name) {
        String file = IntegrationFiles.routes(name);
        List<RouteDefinition> routes = camel.getRouteDefinitions().stream()
                .filter(route -> isWayIn(route, name)
                        || route.getResource() != null
                                && route.getResource().getLocation().endsWith(file))
                .sorted((one, other) -> Boolean.compare(isWayIn(other, name), isWayIn(one, name)))
                .toList();
        try {
            for (RouteDefinition route : routes) {
                camel.getRouteController().stopRoute(route.getId());
                camel.removeRoute(route.getId());
            }
            camel.removeRouteDefinitions(routes);
            camel.getRestDefinitions().removeIf(rest -> name.equals(rest.getId()));
            server.operations().remove(name);
        } catch (Exception e) {
            throw new IllegalStateException(file + " could not be taken away: " + e.getMessage(), e);
        }
    }

    private static boolean isWayIn(RouteDefinition route, String name) {
        return name.equals(route.getId());
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
