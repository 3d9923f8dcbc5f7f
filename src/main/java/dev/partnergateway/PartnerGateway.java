package dev.partnergateway;

import dev.partnergateway.life.Fatal;
import dev.partnergateway.operator.DeadLettersCommand;
import dev.partnergateway.operator.ParkedCommand;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.settings.SettingsException;
import dev.partnergateway.store.Backup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process: reads the settings, starts the gateway, says where it is, and stops it when asked to. */
public final class PartnerGateway {

    /** Exit code of a process that cannot go on. */
    static final int CANNOT_GO_ON = 70;

    /** Made while there is memory for it. */
    private static final byte[] LAST_WORDS =
            "The gateway ends: it has no memory left\n".getBytes(StandardCharsets.US_ASCII);

    private PartnerGateway() {}

    /**
     * Starts the gateway in the working directory; exits with 1 and a sentence when it cannot.
     *
     * @param arguments none; or a command to a gateway that runs already, see {@link ParkedCommand} and
     *     {@link DeadLettersCommand}
     */
    public static void main(String[] arguments) {
        Gateway gateway;
        Settings settings;
        try {
            settings = Settings.load(Path.of("application.properties"), System.getenv(), System.getProperties());
            // LogFormat reads it; nothing has been logged yet.
            System.setProperty("gateway.log-format", settings.logFormat());
            if (arguments.length > 0) {
                System.exit(command(settings, arguments));
            }
            Logger log = LoggerFactory.getLogger(PartnerGateway.class);
            Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught(log, thread, failure));
            gateway = Gateway.start(settings);
        } catch (SettingsException e) {
            System.err.println(e.getMessage());
            System.exit(1);
            return;
        } catch (Exception | Error e) {
            System.err.println("The gateway did not start: " + reason(e));
            System.exit(1);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "shutdown"));
        if (settings.logFormat().equals("json")) {
            // Whatever reads the output then expects JSON in every line.
            LoggerFactory.getLogger(PartnerGateway.class).info(gateway.where());
        } else {
            System.out.println(gateway.where());
        }
    }

    /**
     * Nobody has caught it. What makes the process half alive ends it at once, as a crash would: nothing orderly can be
     * relied on any more, and all that was answered is written down.
     */
    private static void uncaught(Logger log, Thread thread, Throwable failure) {
        if (!(failure instanceof VirtualMachineError) && !(failure instanceof Fatal.HalfAlive)) {
            log.error("The thread {} has ended", thread.getName(), failure);
            return;
        }
        try {
            log.error("The gateway ends, because it cannot go on: {} (in {})", failure, thread.getName());
        } catch (Throwable worse) {
            System.err.write(LAST_WORDS, 0, LAST_WORDS.length);
        } finally {
            Runtime.getRuntime().halt(CANNOT_GO_ON);
        }
    }

    private static int command(Settings settings, String... arguments) {
        if (arguments[0].equals("backup")) {
            return backup(settings, arguments);
        }
        return arguments[0].equals("dead-letters")
                ? new DeadLettersCommand(settings, System.out, System.err).run(arguments)
                : new ParkedCommand(settings, System.out, System.err).run(arguments);
    }

    private static int backup(Settings settings, String... arguments) {
        if (arguments.length != 2) {
            System.err.println("backup <file>: copies the embedded store, also while a gateway runs");
            return 2;
        }
        try {
            Backup.write(settings, Path.of(arguments[1]));
            System.out.println("The store is copied to " + arguments[1] + ".");
            return 0;
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    /** What failed and, where that differs, what it comes down to. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause == failure ? text(failure) : text(failure) + ": " + text(cause);
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
