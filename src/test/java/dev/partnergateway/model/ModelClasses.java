package dev.partnergateway.model;

import dev.partnergateway.harness.Redirection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/** The gateway's classes once more, with the model's time in place of the system's; some may be replaced by others. */
final class ModelClasses extends ClassLoader {

    private static final String TIME = "dev/partnergateway/model/ModelTime";
    private static final Redirection CLOCK = new Redirection(Map.of(
            "java/lang/System.currentTimeMillis", TIME,
            "java/lang/System.nanoTime", TIME,
            "java/lang/Thread.sleep", TIME,
            "java/time/Instant.now", TIME,
            "java/time/Clock.systemUTC", TIME));

    private final Path replacements;
    private final String product;

    static {
        registerAsParallelCapable();
    }

    /**
     * Makes a set of them.
     *
     * @param replacements folder of classes that go before the gateway's own; may be null
     */
    ModelClasses(Path replacements) {
        super(ModelClasses.class.getClassLoader());
        this.replacements = replacements;
        String any = getParent()
                .getResource("dev/partnergateway/PartnerGateway.class")
                .toString();
        this.product = any.substring(0, any.length() - "dev/partnergateway/PartnerGateway.class".length());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("dev.partnergateway.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        try {
            byte[] bytes;
            if (replacements != null && Files.exists(replacements.resolve(file))) {
                bytes = CLOCK.of(Files.readAllBytes(replacements.resolve(file)));
            } else {
                java.net.URL place = getParent().getResource(file);
                if (place == null) {
                    throw new ClassNotFoundException(name);
                }
                try (InputStream in = place.openStream()) {
                    bytes = place.toString().startsWith(product) ? CLOCK.of(in.readAllBytes()) : in.readAllBytes();
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Explores with them. */
    @SuppressWarnings("unchecked")
    Map<String, String> explore(Map<String, String> wanted) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(this);
        try {
            Function<Map<String, String>, Map<String, String>> exploration = (Function<
                            Map<String, String>, Map<String, String>>)
                    loadClass(Exploration.class.getName()).getConstructor().newInstance();
            return exploration.apply(wanted);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
