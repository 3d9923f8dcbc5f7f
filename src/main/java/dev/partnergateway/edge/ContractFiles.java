package dev.partnergateway.edge;

import dev.partnergateway.contract.Contract;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.impl.engine.DefaultResourceResolvers.FileResolver;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;

/**
 * The contracts of {@code openapi/}, for Camel and for the check of calls. Camel, which would parse each a second time and
 * use little of it, gets what it needs to find an operation's route: {@link Contract#outline()}.
 */
public final class ContractFiles extends FileResolver {

    private static final Path FOLDER = Path.of("openapi");

    private final Map<Path, Contract> given = new ConcurrentHashMap<>();

    /** The contract of an integration, as it is to be served from its next load on, whatever its file says by then. */
    public void give(String integration, Contract contract) {
        given.put(FOLDER.resolve(integration + ".yaml"), contract);
    }

    Contract contract(String integration) {
        return contract(FOLDER.resolve(integration + ".yaml"));
    }

    private Contract contract(Path file) {
        return given.computeIfAbsent(file, Contract::read);
    }

    @Override
    public Resource createResource(String location, String remaining) {
        Path file = Path.of(remaining);
        if (!FOLDER.equals(file.getParent())) {
            return super.createResource(location, remaining);
        }
        return ResourceHelper.fromString(location, contract(file).outline());
    }
}
