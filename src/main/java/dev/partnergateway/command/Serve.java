package dev.partnergateway.command;

import dev.partnergateway.life.Fatal;
import dev.partnergateway.settings.Settings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code serve}: starts the gateway in the working directory, says where it is, and stops it when asked to. */
@Command(
        name = "serve",
        description = "Starts the gateway of the working directory; stops when it is asked to (the default).")
final class Serve implements Callable<Integer> {

    /** Exit code of a process that cannot go on. */
    private static final int CANNOT_GO_ON = 70;

    /** Made while there is memory for it. */
    private static final byte[] LAST_WORDS =
            "The gateway ends: it has no memory left\n".getBytes(StandardCharsets.US_ASCII);

    @ParentCommand
    private Commands commands;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        return serve(
                commands.house(),
                commands.settings(),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
    }

    /** Serves until the process is told to end; returns only when the start has failed. */
    static int serve(House house, Settings settings, PrintWriter out, PrintWriter error) throws InterruptedException {
        // LogFormat reads it; nothing has been logged yet.
        System.setProperty("gateway.log-format", settings.logFormat());
        Logger log = LoggerFactory.getLogger(Serve.class);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught(log, thread, failure));
        House.Running gateway;
        try {
            gateway = house.start(settings);
        } catch (Exception | Error e) {
            error.println(Commands.sentence("The gateway did not start: ", e));
            error.flush();
            return Commands.NOT_DONE;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "shutdown"));
        if (settings.logFormat().equals("json")) {
            // Whatever reads the output then expects JSON in every line.
            log.info(gateway.where());
        } else {
            out.println(gateway.where());
            out.flush();
        }
        new CountDownLatch(1).await();
        return Commands.DONE;
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
}
