package dev.partnergateway.edge;

import dev.partnergateway.contract.Contract;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.impl.engine.DefaultResourceResolvers.FileResolver;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;

/**
 * Reads the files of {@code openapi/} once, for Camel and for the check of calls. Camel, which would parse each a second
 * time and use little of it, gets what it needs to find an operation's route: {@link Contract#outline()}.
 */
public final class ContractFiles extends FileResolver {

    private static final Path FOLDER = Path.of("openapi");

    private final Map<Path, Contract> read = new ConcurrentHashMap<>();

    /** The file of an integration, as Camel has asked for it last, or else as it is now. */
    Contract contract(String integration) {
        Path file = FOLDER.resolve(integration + ".yaml");
        Contract contract = read.remove(file);
        return contract == null ? Contract.read(file) : contract;
    }

    @Override
    public Resource createResource(String location, String remaining) {
        Path file = Path.of(remaining);
        if (!FOLDER.equals(file.getParent())) {
            return super.createResource(location, remaining);
        }
        Contract contract = Contract.read(file);
        read.put(file, contract);
        return ResourceHelper.fromString(location, contract.outline());
    }
}
