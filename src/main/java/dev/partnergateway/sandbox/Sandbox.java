package dev.partnergateway.sandbox;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/**
 * A Talon.One deployment to try things on, over real HTTP. It keeps what it is told in memory, starts with what
 * {@link Seed} lists, refuses what Talon.One refuses, and misbehaves when it is asked to under {@code /sandbox}.
 */
public final class Sandbox implements AutoCloseable {

    private static final int DEFAULT_PORT = 8081;
    private static final int LONGEST_REQUEST_LINE = 32 * 1024;

    private final Vertx vertx;
    private final HttpServer server;

    private Sandbox(Vertx vertx, HttpServer server) {
        this.vertx = vertx;
        this.server = server;
    }

    /**
     * Starts a sandbox and returns when it answers.
     *
     * @param host address to listen on, such as 127.0.0.1
     * @param port port to listen on, 0 for any free one
     * @param talonOneSpecification OpenAPI file with the operations to serve
     * @return the running sandbox
     * @throws IllegalStateException when it cannot listen on the port, which is named, or when the specification holds an
     *     operation that the sandbox does not serve
     * @throws java.io.UncheckedIOException when the specification cannot be read
     */
    public static Sandbox start(String host, int port, Path talonOneSpecification) {
        return start(host, port, talonOneSpecification, Clock.systemUTC());
    }

    static Sandbox start(String host, int port, Path talonOneSpecification, Clock clock) {
        List<Operation> operations = Specification.read(talonOneSpecification);
        // One event loop does all the work, so the state needs no locks.
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        try {
            World world = new World(clock);
            Limits limits = new Limits();
            Desk desk = new Desk(vertx, world, limits, operations, handlers(world, limits));
            Control control = new Control(desk);
            HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                            .setMaxInitialLineLength(LONGEST_REQUEST_LINE)
                            .setMaxFormAttributeSize(-1))
                    .requestHandler(request -> read(request, desk, control));
            server.listen(port, host).toCompletionStage().toCompletableFuture().join();
            return new Sandbox(vertx, server);
        } catch (CompletionException e) {
            stop(vertx);
            throw new IllegalStateException(
                    "The sandbox cannot listen on " + host + ":" + port + " (gateway.sandbox.port): "
                            + e.getCause().getMessage(),
                    e.getCause());
        } catch (RuntimeException e) {
            stop(vertx);
            throw e;
        }
    }

    private static Map<String, Handler> handlers(World world, Limits limits) {
        Attributes attributes = new Attributes(world);
        Campaigns campaigns = new Campaigns(world);
        Coupons coupons = new Coupons(world, attributes);
        CouponSearch search = new CouponSearch(world, attributes, limits);
        Audiences audiences = new Audiences(world);
        Loyalty loyalty = new Loyalty(world, limits);
        States states = new States(world, loyalty);
        Profiles profiles = new Profiles(world, attributes, loyalty, states, limits);
        Map<String, Handler> handlers = new HashMap<>();
        handlers.put("trackEventV2", profiles::event);
        handlers.put("createReferral", new Referrals(world, attributes)::create);
        handlers.put("createCouponReservation", coupons::reserve);
        handlers.put("getCustomerInventory", profiles::inventory);
        handlers.put("getLoyaltyBalances", loyalty::balances);
        handlers.put("getLoyaltyProgramProfileTransactions", loyalty::transactions);
        handlers.put("authPing", call -> Answer.nothing());
        handlers.put("integrationGetAllCampaigns", campaigns::listRunning);
        handlers.put("updateCustomerProfileV2", profiles::update);
        handlers.put("updateCustomerProfilesV2", profiles::updateMany);
        handlers.put("updateCustomerProfileAudiences", audiences::members);
        handlers.put("createAudienceV2", audiences::create);
        handlers.put("updateAudienceV2", audiences::update);
        handlers.put("deleteAudienceV2", audiences::delete);
        handlers.put("updateCustomerSessionV2", new Sessions(world, attributes, states)::update);
        handlers.put("getCampaign", campaigns::get);
        handlers.put("createCoupons", coupons::create);
        handlers.put("createCouponsForMultipleRecipients", coupons::createForRecipients);
        handlers.put("importCoupons", new CouponImports(world, coupons, attributes)::create);
        handlers.put("getCouponsWithoutTotalCount", search::list);
        handlers.put("searchCouponsAdvancedWithoutTotalCount", search::byAttributes);
        handlers.put("getLoyaltyProgram", loyalty::program);
        handlers.put("addLoyaltyPoints", loyalty::addPoints);
        handlers.put("getAudiences", audiences::list);
        handlers.put("getAttributes", attributes::list);
        handlers.put("createAttribute", attributes::create);
        return handlers;
    }

    private static void read(HttpServerRequest request, Desk desk, Control control) {
        if (header(request, "Content-Type").toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            Buffer file = Buffer.buffer();
            boolean[] uploaded = {false};
            request.setExpectMultipart(true);
            request.uploadHandler(upload -> {
                if (upload.name().equals("upFile")) {
                    uploaded[0] = true;
                    upload.handler(file::appendBuffer);
                }
            });
            request.endHandler(end -> {
                String content = uploaded[0] ? file.toString() : request.getFormAttribute("upFile");
                serve(request, content == null ? "" : content, content, desk, control);
            });
        } else {
            request.body().onSuccess(body -> serve(request, body.toString(), null, desk, control));
        }
    }

    private static void serve(HttpServerRequest request, String text, String file, Desk desk, Control control) {
        TreeMap<String, String> headers = new TreeMap<>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        Received received = new Received(
                request.method().name(),
                request.path(),
                Received.query(request.query()),
                header(request, "Authorization"),
                header(request, "Idempotency-Key"),
                header(request, "Content-Type"),
                headers,
                text,
                file);
        if (received.path().equals("/sandbox") || received.path().startsWith("/sandbox/")) {
            Answer answer = control.answer(received, header(request, "Host"));
            Desk.reply(request.response(), answer.status(), answer.body(), answer.retryAfter());
        } else {
            desk.serve(request, received);
        }
    }

    private static String header(HttpServerRequest request, String name) {
        String value = request.getHeader(name);
        return value == null ? "" : value;
    }

    /**
     * The port it listens on.
     *
     * @return from 1 to 65535, also when it was started with 0
     */
    public int port() {
        return server.actualPort();
    }

    /** Stops listening, drops all connections and forgets everything. Not to be called from a Vert.x thread. */
    @Override
    public void close() {
        stop(vertx);
    }

    private static void stop(Vertx vertx) {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /**
     * Runs the sandbox alone, until the process ends. The properties {@code gateway.sandbox.port} (8081) and {@code
     * gateway.sandbox.host} (127.0.0.1) say where; the specification is {@code openapi/talon-one.yaml} in the working
     * directory.
     *
     * @param arguments not used
     */
    public static void main(String[] arguments) {
        String host = System.getProperty("gateway.sandbox.host", "127.0.0.1");
        int port = Integer.getInteger("gateway.sandbox.port", DEFAULT_PORT);
        Sandbox sandbox = start(host, port, Path.of("openapi", "talon-one.yaml"));
        System.out.println("The sandbox answers on http://" + host + ":" + sandbox.port() + "/sandbox");
    }
}
