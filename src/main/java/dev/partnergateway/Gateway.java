package dev.partnergateway;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.partnergateway.access.Access;
import dev.partnergateway.access.Deployments;
import dev.partnergateway.access.KeyProof;
import dev.partnergateway.access.KnownKeys;
import dev.partnergateway.attribute.AttributeCatalogue;
import dev.partnergateway.attribute.AttributeConversion;
import dev.partnergateway.attribute.AttributeCreation;
import dev.partnergateway.attribute.EventTypes;
import dev.partnergateway.attribute.UnknownAttributes;
import dev.partnergateway.audience.Audiences;
import dev.partnergateway.callback.Outbox;
import dev.partnergateway.check.Checker;
import dev.partnergateway.check.Edits;
import dev.partnergateway.check.IntegrationFiles;
import dev.partnergateway.cluster.SharedAllowance;
import dev.partnergateway.cluster.SharedLeases;
import dev.partnergateway.command.House;
import dev.partnergateway.coupon.CouponCreation;
import dev.partnergateway.edge.CaughtErrors;
import dev.partnergateway.edge.ContractFiles;
import dev.partnergateway.edge.ContractStrategy;
import dev.partnergateway.edge.GuardedJq;
import dev.partnergateway.edge.PartnerEngine;
import dev.partnergateway.edge.PartnerServer;
import dev.partnergateway.edge.RouteFiles;
import dev.partnergateway.edge.RouteFunctions;
import dev.partnergateway.edge.ServedOperations;
import dev.partnergateway.edge.Workers;
import dev.partnergateway.http.Port;
import dev.partnergateway.idempotency.Parked;
import dev.partnergateway.idempotency.ReplayingRepository;
import dev.partnergateway.idempotency.Sweeper;
import dev.partnergateway.kafka.Topic;
import dev.partnergateway.life.Fatal;
import dev.partnergateway.loyalty.PointsAddition;
import dev.partnergateway.management.ManagementPort;
import dev.partnergateway.management.SyntheticCalls;
import dev.partnergateway.operator.CallsSeen;
import dev.partnergateway.operator.LastHour;
import dev.partnergateway.operator.OperatorPort;
import dev.partnergateway.operator.OwnCalls;
import dev.partnergateway.queue.Queue;
import dev.partnergateway.reference.Reference;
import dev.partnergateway.referral.ReferralCreation;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.sandbox.Seed;
import dev.partnergateway.settings.DeploymentSettings;
import dev.partnergateway.settings.Secret;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.MadeKey;
import dev.partnergateway.store.Seal;
import dev.partnergateway.store.Store;
import dev.partnergateway.talonone.Allowance;
import dev.partnergateway.talonone.Leases;
import dev.partnergateway.talonone.PlainStep;
import dev.partnergateway.talonone.TalonOne;
import dev.partnergateway.talonone.TalonOneComponent;
import dev.partnergateway.talonone.UpstreamContract;
import dev.partnergateway.talonone.UpstreamHeaders;
import dev.partnergateway.talonone.UpstreamOperation;
import dev.partnergateway.talonone.UpstreamStep;
import dev.partnergateway.telemetry.CallEvents;
import dev.partnergateway.telemetry.Telemetry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.impl.VertxInternal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.NoErrorHandlerBuilder;
import org.apache.camel.component.rest.openapi.RestOpenApiComponent;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.engine.DefaultResourceLoader;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.ModelCamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway: every room, put together once. */
public final class Gateway implements House.Running {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private static final Path UPSTREAM_CONTRACT = Path.of("openapi/talon-one.yaml");

    private static final Duration CALLS_SEEN = Duration.ofSeconds(1);

    private static final Duration PRUNE = Duration.ofMinutes(1);

    /** Lists of coupons that are asked for side by side, on all deployments. */
    private static final int LISTS = 100;

    /** Unfinished calls that are looked at side by side. */
    private static final int SWEEPERS = 500;

    /** Longer than any of them needs, also when the store is silent. */
    private static final Duration LONGEST_CHORE = Duration.ofMinutes(3);

    private static final Duration WATCH = Duration.ofSeconds(3);
    private static final int WATCHED_IN_VAIN = 10;

    private final Settings settings;
    private final Ticker ticker;
    private final Edits edits = new Edits();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private PartnerServer server;
    private Port management;
    private Port operator;
    private Sandbox sandbox;
    private CamelContext camel;

    private Gateway(Settings settings, Ticker ticker) {
        this.settings = settings;
        this.ticker = ticker;
    }

    /**
     * Starts a gateway with {@code routes/} and {@code openapi/} of the working directory.
     *
     * @throws Exception when any part of it cannot start; nothing is left running then
     */
    public static Gateway start(Settings settings) throws Exception {
        return start(settings, Ticker.systemTicker());
    }

    /**
     * As {@link #start(Settings)}, with another time by which proofs of keys are forgotten.
     *
     * @param ticker gives nanoseconds that only grow
     * @throws Exception as the other
     */
    public static Gateway start(Settings settings, Ticker ticker) throws Exception {
        Gateway gateway = new Gateway(settings, ticker);
        try {
            gateway.start();
            return gateway;
        } catch (Exception e) {
            gateway.close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T open(T part) {
        opened.push(part);
        return part;
    }

    private ExecutorService workers(String name, int most) {
        ExecutorService workers = Workers.create(name, most);
        open(workers::shutdownNow);
        return workers;
    }

    private void start() throws Exception {
        Deployments deployments = new Deployments(settings);
        if (settings.sandbox()) {
            sandbox = open(Sandbox.start("127.0.0.1", settings.sandboxPort(), UPSTREAM_CONTRACT));
            deployments.add(sandboxDeployment());
        }
        Telemetry telemetry = open(Telemetry.open(settings.accessLog()));
        CompletableFuture<Store> opening = beside(() -> Store.open(settings, telemetry.meters()));
        open(() ->
                opening.thenAccept(Store::close).exceptionally(failed -> null).join());
        Checker checker = new Checker();
        IntegrationFiles files = IntegrationFiles.read(Path.of(""));
        CompletableFuture<Checker.Found> checking = beside(() -> checker.check(files, Set.of()));
        CompletableFuture<UpstreamContract> reading = beside(() -> UpstreamContract.read(UPSTREAM_CONTRACT));
        ExecutorService workers = workers("call", settings.threads());
        ExecutorService senders = workers("upstream", settings.threads());
        Executor upstream = Telemetry.carrying(senders);

        server = open(new PartnerServer(settings, workers, telemetry));
        Main main = camel(telemetry);
        main.init();
        open(main::stop);

        camel = main.getCamelContext();
        camel.getCamelContextExtension().setErrorHandlerFactory(new NoErrorHandlerBuilder());
        camel.getCamelContextExtension().addInterceptStrategy(new CaughtErrors(settings.reload()));
        Store store = await(opening);
        Seal seal = new Seal(settings.storeEncryptionKeys());
        CallsSeen calls = callsSeen(store, seal, telemetry);
        SharedLeases leases = new SharedLeases(store);
        TalonOne talonOne = open(talonOne(camel, await(reading), store, leases, telemetry));
        Access access = new Access(
                deployments, new KeyProof(talonOne, upstream, ticker), store, settings.deploymentLimit(), ticker);
        talonOne.whenAccepted(access::accepted);
        ReplayingRepository answers =
                new ReplayingRepository(store, seal, access, talonOne::requireWorking, telemetry.meters());
        CouponCreation coupons = coupons(talonOne, access, answers, telemetry);
        KnownKeys keys = new KnownKeys();
        PointsAddition points = new PointsAddition(talonOne, answers, keys, settings.settleTime());
        ReferralCreation referrals = new ReferralCreation(talonOne, access, answers, keys, settings.settleTime());
        camel.getRegistry().bind("answers", answers);
        Audiences audiences = new Audiences(talonOne, access, store, upstream);
        Map<String, UpstreamStep> steps = Map.of(
                "createCoupons",
                coupons,
                "createReferral",
                referrals,
                "addLoyaltyPoints",
                points,
                "createAudienceV2",
                audiences.creation());
        TalonOneComponent component = component(talonOne, access, audiences, steps, upstream, telemetry.meters());
        camel.addComponent("talon-one", component);
        Outbox outbox = open(
                new Outbox(store, MadeKey.seal(settings, store), deployments::named, upstream, telemetry.meters()));
        ServedOperations operations = server.operations();
        Queue.House house = new Queue.House(
                camel, access, store, seal, answers, deployments::named, operations::get, telemetry, upstream);
        Optional<Queue> queue =
                settings.queued().isEmpty() ? Optional.empty() : Optional.of(new Queue(settings, house));
        queue.ifPresent(kept -> component.keepRefused(kept::keep));
        ContractFiles contracts = contracts(camel, await(checking));
        ContractStrategy checks =
                new ContractStrategy(contracts, access, outbox, queue, telemetry::accepted, operations);
        checks.setCamelContext(camel);
        camel.getComponent("rest-openapi", RestOpenApiComponent.class).setRestOpenapiProcessorStrategy(checks);
        Chores chores = open(new Chores(LONGEST_CHORE));
        List.of(new ReadyCheck(server, store), new LiveCheck(chores), new ClientCheck(talonOne))
                .forEach(HealthCheckRegistry.get(camel)::register);
        publishEvents(camel, telemetry);
        management = open(ManagementPort.open(settings, server.vertx(), workers("management", 8), camel, telemetry));
        main.start();
        queue.ifPresent(kept -> begin(kept, operations, chores));
        count(chores, telemetry, answers);
        show(house(store, calls, answers, queue, outbox, deployments, access, telemetry), answers, chores);

        Sweeper sweeper = answers.sweeper(
                deployments::named,
                Map.of("createCoupons", coupons, "createReferral", referrals, "addLoyaltyPoints", points),
                workers("sweeper", SWEEPERS));
        beginChores(chores, sweeper, outbox, () -> prune(answers, leases, store, calls, queue));
        server.listen();
        open(server::drain);
        makeSyntheticCalls(chores, telemetry);
        open(watch(talonOne));
        reload((ModelCamelContext) camel, contracts, checker, files);
    }

    private void reload(ModelCamelContext camel, ContractFiles contracts, Checker checker, IntegrationFiles files) {
        if (settings.reload()) {
            open(new Reload(camel, server, contracts, checker, edits).begin(files));
        }
    }

    /** The contracts as they were looked at; nothing starts with a mistake in its files. */
    private static ContractFiles contracts(CamelContext camel, Checker.Found found) {
        if (!found.isClean()) {
            throw new IllegalStateException("its files have mistakes (the command check finds them, too)"
                    + System.lineSeparator() + String.join(System.lineSeparator(), found.lines()));
        }
        ContractFiles contracts = new ContractFiles();
        found.contracts().forEach(contracts::give);
        contracts.setCamelContext(camel);
        camel.getRegistry().bind(DefaultResourceLoader.RESOURCE_LOADER_KEY_PREFIX + "file", contracts);
        return contracts;
    }

    private void begin(Queue queue, ServedOperations operations, Chores chores) {
        open(queue).start(operations.values());
        chores.begin("queue counting", settings.sweepInterval(), queue::count);
    }

    private CallsSeen callsSeen(Store store, Seal seal, Telemetry telemetry) {
        CallsSeen calls = new CallsSeen(settings.calls(), store, seal, telemetry.meters());
        telemetry.watch(calls);
        open(calls::write);
        return calls;
    }

    private OperatorPort.House house(
            Store store,
            CallsSeen calls,
            ReplayingRepository answers,
            Optional<Queue> queue,
            Outbox outbox,
            Deployments deployments,
            Access access,
            Telemetry telemetry) {
        return new OperatorPort.House(
                settings,
                store,
                calls,
                answers.parked(),
                queue.map(Queue::deadLetters),
                outbox,
                server.operations()::values,
                edits,
                deployments,
                access,
                telemetry.meters(),
                server::ready);
    }

    /** What operators and partners see of it. */
    private void show(OperatorPort.House house, ReplayingRepository answers, Chores chores) {
        LastHour hour = new LastHour(house.meters());
        operator = open(OperatorPort.open(server.vertx(), workers("operator", 16), house, hour));
        if (settings.docs()) {
            Reference reference = new Reference(
                    Path.of("openapi"),
                    Optional.ofNullable(sandbox).map(running -> new Reference.Trial(Seed.DEMO_SHOP_KEY, Seed.HOST)));
            server.show(reference::answer);
        }
        server.answerWith(
                new OwnCalls(house.calls(), house.access(), house.deployments(), answers::kept, house.operations()));
        chores.begin("last hour", LastHour.EVERY, hour::look);
        chores.begin("calls seen", CALLS_SEEN, house.calls()::write);
    }

    private void makeSyntheticCalls(Chores chores, Telemetry telemetry) {
        SyntheticCalls synthetic = new SyntheticCalls(settings.syntheticCalls(), telemetry.meters());
        if (synthetic.any()) {
            chores.begin("synthetic calls", settings.syntheticInterval(), () -> synthetic.make(port()));
        }
    }

    private void beginChores(Chores chores, Sweeper sweeper, Outbox outbox, Runnable pruning) {
        chores.begin("sweeper", settings.sweepInterval(), sweeper::sweep);
        chores.begin("outbox", settings.sweepInterval(), () -> outbox.post(System.currentTimeMillis()));
        chores.begin("pruning", PRUNE, pruning);
    }

    /**
     * What waits never takes the threads of what it waits for. What is done for many calls belongs to none of them: their
     * threads carry no call with them.
     */
    private CouponCreation coupons(TalonOne talonOne, Access access, ReplayingRepository answers, Telemetry telemetry) {
        return open(new CouponCreation(
                talonOne,
                access,
                answers,
                settings.settleTime(),
                workers("files", settings.threads()),
                workers("lists", LISTS),
                telemetry.meters()));
    }

    private static void prune(
            ReplayingRepository answers, SharedLeases leases, Store store, CallsSeen calls, Optional<Queue> queue) {
        answers.prune();
        calls.prune();
        leases.prune();
        store.prune();
        queue.ifPresent(Queue::prune);
    }

    /** Parts that nothing brings back when they are gone. */
    private Watch watch(TalonOne talonOne) {
        Watch watch = new Watch(WATCH, WATCHED_IN_VAIN, Fatal::gone)
                .onPort(settings.host(), port())
                .onPort(settings.managementHost(), managementPort())
                .onPort(settings.operatorHost(), operatorPort())
                .on("the client towards Talon.One is closed", talonOne::usable);
        ((VertxInternal) server.vertx()).getEventLoopGroup().forEach(watch::onLoop);
        return watch.begin();
    }

    /** Runs what takes as long as the beginning of Camel beside it. */
    private static <T> CompletableFuture<T> beside(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task, "start").start());
    }

    private static <T> T await(CompletableFuture<T> work) throws Exception {
        try {
            return work.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private Main camel(Telemetry telemetry) {
        Main main = new RoutesMain();
        configure(main.configure());
        settings.kafka().ifPresent(kafka -> Topic.DEFAULTS.forEach(main::addInitialProperty));
        // Counting every route beside every call costs, and says the same; the typed setters are overlooked by Camel
        // 4.17.
        main.addInitialProperty("camel.metrics.enableExchangeEventNotifier", "false");
        main.addInitialProperty("camel.metrics.enableRoutePolicy", "false");
        settings.camel()
                .stringPropertyNames()
                .forEach(name -> main.addInitialProperty(name, settings.camel().getProperty(name)));
        main.bind("platform-http-engine", new PartnerEngine(server));
        main.bind("upstreamHeaders", new UpstreamHeaders());
        RouteFunctions.ALL.forEach(main::bind);
        main.bind("jq", new GuardedJq());
        // Camel's own hook at the end of the process would wait for a stop that only this class orders.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        return main;
    }

    /** Alone on its store it counts for itself; else it shares with the others. */
    private TalonOne talonOne(
            CamelContext camel, UpstreamContract contract, Store store, SharedLeases leases, Telemetry telemetry) {
        return new TalonOne(
                contract,
                camel,
                settings,
                store.embedded() ? Allowance.ofThisProcess() : new SharedAllowance(store),
                store.embedded() ? Leases.ALONE : leases,
                telemetry);
    }

    private static TalonOneComponent component(
            TalonOne talonOne,
            Access access,
            Audiences audiences,
            Map<String, UpstreamStep> special,
            Executor upstream,
            MeterRegistry meters) {
        AttributeCatalogue catalogue = new AttributeCatalogue(talonOne, access, upstream);
        Map<String, UpstreamStep> steps = new HashMap<>(special);
        creatingAttributes(steps, talonOne, catalogue, new AttributeCreation(talonOne, catalogue, access), meters);
        return new TalonOneComponent(
                talonOne,
                List.of(new EventTypes(), new AttributeConversion(catalogue), audiences.ids()),
                steps,
                upstream,
                meters);
    }

    /** What carries attributes may need them created first (docs/behaviour.md#attributes). */
    private static void creatingAttributes(
            Map<String, UpstreamStep> steps,
            TalonOne talonOne,
            AttributeCatalogue catalogue,
            AttributeCreation creation,
            MeterRegistry meters) {
        for (String id : List.of(
                "createReferral",
                "trackEventV2",
                "updateCustomerProfileV2",
                "updateCustomerProfilesV2",
                "updateCustomerSessionV2")) {
            UpstreamOperation operation = talonOne.contract().operation(id);
            UpstreamStep step = steps.getOrDefault(id, new PlainStep(talonOne, operation));
            steps.put(id, new UnknownAttributes(operation, step, catalogue, creation, meters));
        }
    }

    private void publishEvents(CamelContext camel, Telemetry telemetry) {
        settings.kafka()
                .filter(kafka -> !kafka.eventsTopic().isEmpty())
                .map(kafka -> new CallEvents(new Topic(camel, kafka, kafka.eventsTopic()), telemetry.meters()))
                .ifPresent(events -> telemetry.publish(open(events)));
    }

    private void configure(MainConfigurationProperties main) {
        main.setName("partner-gateway");
        main.setBasePackageScanEnabled(false);
        main.setAutoConfigurationLogSummary(false);
        main.setRoutesIncludePattern(IntegrationFiles.SHARED.stream()
                .map(name -> "classpath:core/" + name + IntegrationFiles.KAMELET + ",")
                .collect(Collectors.joining("", "", "file:routes/*.camel.yaml")));
        main.setShutdownTimeout((int) settings.drain().toSeconds() + 1);
        main.setShutdownLogInflightExchangesOnTimeout(false);
        main.setAutoConfigurationEnabled(true);
        main.metrics().withEnabled(true);
        // Calls that need no Kafka are served without it: its consumers must not take the gateway out of a load
        // balancer.
        main.health().withEnabled(true).withExposureLevel("full");
        main.health().setConsumersEnabled(false);
    }

    /** Counted now and then, so that whoever reads metrics waits for no store. */
    private void count(Chores chores, Telemetry telemetry, ReplayingRepository answers) {
        AtomicLong parked = new AtomicLong();
        AtomicLong unfinished = new AtomicLong();
        Gauge.builder("gateway.parked.calls", parked, AtomicLong::get)
                .strongReference(true)
                .description("Calls that an operator has to decide on")
                .register(telemetry.meters());
        Gauge.builder("gateway.unfinished.calls", unfinished, AtomicLong::get)
                .strongReference(true)
                .description("Calls whose outcome is not known")
                .register(telemetry.meters());
        Parked decided = answers.parked();
        chores.begin("counting", settings.sweepInterval(), () -> {
            parked.set(decided.count());
            unfinished.set(answers.unfinished());
        });
    }

    /** Reads route files once: they have no modelines (settings in comments), and few have beans. */
    private static final class RoutesMain extends Main {
        @Override
        protected void modelineRoutes(CamelContext camel) {}

        @Override
        protected void configureRoutes(CamelContext camel) throws Exception {
            camel.getRegistry().bind("routeFiles", new RouteFiles(camel));
            super.configureRoutes(camel);
        }
    }

    private DeploymentSettings sandboxDeployment() {
        return new DeploymentSettings(
                Settings.SANDBOX_NAME,
                List.of(Seed.HOST),
                Optional.of("http://127.0.0.1:" + sandbox.port()),
                Optional.of(Secret.literal(Seed.MANAGEMENT_KEY)),
                Map.of(),
                true,
                List.of("http://127.0.0.1:" + sandbox.port()),
                settings.sandboxManagementRate(),
                true);
    }

    /** Port that partners call. */
    public int port() {
        return server.port();
    }

    /** Port of health and metrics. */
    public int managementPort() {
        return management.number();
    }

    /** Port of what an operator decides on. */
    public int operatorPort() {
        return operator.number();
    }

    /** What the routes run in. */
    CamelContext camel() {
        return camel;
    }

    /** The sandbox inside this process, if it runs. */
    public Optional<Sandbox> sandbox() {
        return Optional.ofNullable(sandbox);
    }

    @Override
    public String where() {
        List<String> lines = new ArrayList<>(List.of(
                "Partner Gateway is ready.",
                "  partners call  http://localhost:" + port(),
                "  health         http://localhost:" + managementPort() + "/observe/health",
                "  metrics        http://localhost:" + managementPort() + "/observe/metrics",
                "  operate        http://localhost:" + operatorPort() + "/"));
        if (settings.docs()) {
            lines.add(1, "  partners read  http://localhost:" + port() + "/docs");
        }
        if (sandbox != null) {
            lines.add(
                    "  sandbox        http://localhost:" + sandbox.port() + "/sandbox  (a Talon.One to try things on)");
        }
        return String.join(System.lineSeparator(), lines);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("A part of the gateway did not stop cleanly", e);
            }
        }
    }
}
