package dev.partnergateway.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A sandbox in a process of its own: it outlives every gateway. */
public final class SandboxProcess implements AutoCloseable {

    private final int port = GatewayUnderTest.freePort();
    private final Process process;

    /** Starts it and waits until it answers. */
    public SandboxProcess() {
        List<String> command = new ArrayList<>(JavaProcess.command(JavaProcess.classPath()));
        command.add("-Dgateway.sandbox.port=" + port);
        command.add("dev.partnergateway.sandbox.Sandbox");
        try {
            process = new ProcessBuilder(command)
                    .directory(Path.of("").toAbsolutePath().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Await.until(() -> "no sandbox", () -> !process.isAlive() || answers());
            if (!process.isAlive()) {
                throw new AssertionError("the sandbox did not start");
            }
        } catch (AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private boolean answers() {
        try {
            return new Http(port).send("GET", "/sandbox", (String) null).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Its control interface. */
    public SandboxControl control() {
        return new SandboxControl(new Http(port));
    }

    /** Settings of a gateway whose only deployment this is. */
    public Map<String, String> deployment() {
        return Map.of(
                "gateway.sandbox", "false",
                "gateway.deployments.proof.host", "sandbox.example",
                "gateway.deployments.proof.base-url", "http://127.0.0.1:" + port,
                "gateway.deployments.proof.management-key", "sandbox-management-key",
                "gateway.deployments.proof.management-rate", "0");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
