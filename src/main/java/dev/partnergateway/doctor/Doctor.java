package dev.partnergateway.doctor;

import dev.partnergateway.access.Deployments;
import dev.partnergateway.settings.KafkaSettings;
import dev.partnergateway.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks at everything that the settings name: one deployment after the other, then the store, then the brokers. */
public final class Doctor {

    private static final Path UPSTREAM = Path.of("openapi/talon-one.yaml");

    private final Settings settings;

    /** Looks at what these settings name. */
    public Doctor(Settings settings) {
        this.settings = settings;
    }

    /**
     * Looks.
     *
     * @param found is told each thing when it is found out
     * @throws InterruptedException when somebody has waited long enough
     */
    public void look(Consumer<Finding> found) throws InterruptedException {
        // Refuses what the gateway would not start with.
        new Deployments(settings);
        if (settings.deployments().isEmpty()) {
            found.accept(new Finding(
                    "deployments",
                    "settings",
                    settings.sandbox() ? Finding.Result.OK : Finding.Result.WARNING,
                    settings.sandbox()
                            ? "the sandbox alone"
                            : "none is configured: gateway.deployments.<name>.host says whom calls are for"));
        }
        for (String name : settings.deployments()) {
            new DeploymentDoctor(settings.deployment(name), found).look(UPSTREAM);
        }
        new StoreDoctor(settings, found).look();
        Optional<KafkaSettings> kafka = settings.kafka();
        if (kafka.isPresent()) {
            new BrokerDoctor(settings, kafka.get(), found).look();
        }
    }
}
