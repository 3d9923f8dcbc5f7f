package dev.partnergateway.talonone;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client towards deployments: it never sends a call twice by itself, follows no redirect, keeps no cookie. An
 * answer is read whole, within bounds, before the call's deadline; from then on its connection is closed, whatever is
 * still under way on it.
 */
final class TalonOneHttpClient implements HttpClientConfigurer, AutoCloseable {

    /** Bytes of an answer's body, after decompression, where its operation says nothing else. */
    static final int LARGEST_BODY = 16 * 1024 * 1024;

    private static final int BLOCK = 16 * 1024;

    private final Duration connectTimeout;
    private final PoolingHttpClientConnectionManager connections;
    private final ScheduledThreadPoolExecutor deadlines;
    private final AnswerRoom room = AnswerRoom.ofThisProcess();

    /**
     * Makes the client.
     *
     * @param perDeployment connections to one deployment
     * @param inAll connections to all
     * @param connectTimeout longest wait for a connection
     */
    TalonOneHttpClient(int perDeployment, int inAll, Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
        this.connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(AnswerHead.LIMITS)
                        .responseParserFactory(new Heads())
                        .build())
                .setTlsSocketStrategy(DefaultClientTlsStrategy.createDefault())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connectTimeout))
                        .build())
                .setMaxConnPerRoute(perDeployment)
                .setMaxConnTotal(inAll)
                .build();
        this.deadlines = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "upstream-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        deadlines.setRemoveOnCancelPolicy(true);
    }

    /** The connections, for camel-http. */
    PoolingHttpClientConnectionManager connections() {
        return connections;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.disableAutomaticRetries()
                .disableCookieManagement()
                .disableRedirectHandling()
                .disableAuthCaching()
                .addExecInterceptorFirst("bounds", this::bounded)
                .addExecInterceptorAfter(ChainElement.CONNECT.name(), "connected", TalonOneHttpClient::connected);
    }

    private ClassicHttpResponse bounded(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Attempt attempt = Attempt.current();
        limitWaits(scope, attempt.left());
        Future<?> deadline = deadlines.schedule(
                () -> {
                    attempt.late();
                    ((Cancellable) scope.originalRequest).cancel();
                },
                attempt.left().toMillis(),
                TimeUnit.MILLISECONDS);
        boolean whole = false;
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            whole = takeBody(response, attempt);
            return response;
        } finally {
            deadline.cancel(false);
            if (!whole) {
                // What is left on it belongs to no other call.
                scope.execRuntime.discardEndpoint();
            }
        }
    }

    @SuppressWarnings("deprecation") // The replacement cannot be set for one call.
    private void limitWaits(ExecChain.Scope scope, Duration left) {
        Timeout timeout = Timeout.of(left);
        scope.clientContext.setRequestConfig(RequestConfig.copy(scope.clientContext.getRequestConfigOrDefault())
                .setResponseTimeout(timeout)
                .setConnectionRequestTimeout(timeout)
                .setConnectTimeout(left.compareTo(connectTimeout) < 0 ? timeout : Timeout.of(connectTimeout))
                .build());
    }

    /** Nothing before this point can have sent a byte: it is past the pool, the connection and its TLS. */
    private static ClassicHttpResponse connected(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Attempt.current().connected();
        return chain.proceed(request, scope);
    }

    /**
     * Reads the body into the response, or takes it away when it cannot be had: the status counts without it.
     *
     * @return whether the connection can be used again
     * @throws IOException when the deadline passed meanwhile
     */
    private boolean takeBody(ClassicHttpResponse response, Attempt attempt) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            attempt.answered(response.getCode());
            return true;
        }
        try {
            InputStream content = entity.getContent();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            if (collect(content, bytes, attempt)) {
                content.close();
                response.setEntity(new ByteArrayEntity(bytes.toByteArray(), ContentType.APPLICATION_JSON));
                attempt.answered(response.getCode());
                return true;
            }
        } catch (IOException e) {
            if (attempt.isLate() || attempt.left().toMillis() <= 1) {
                throw e;
            }
        }
        attempt.answered(response.getCode());
        attempt.unreadable();
        response.setEntity(null);
        return false;
    }

    /** Reads to the end; false when it is more than is taken, or more than there is room for beside others. */
    private boolean collect(InputStream content, ByteArrayOutputStream bytes, Attempt attempt) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int read = content.read(block); read >= 0; read = content.read(block)) {
            if (bytes.size() + read > attempt.largest() || !attempt.take(room, AnswerRoom.weight(block, read))) {
                return false;
            }
            bytes.write(block, 0, read);
        }
        return true;
    }

    /** Whether calls can be made at all: an Error inside it has closed it for good otherwise. */
    boolean usable() {
        return !connections.isClosed();
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
        connections.close();
    }

    private static final class Heads implements HttpMessageParserFactory<ClassicHttpResponse> {
        @Override
        @SuppressWarnings("deprecation") // The interface has no other method that must be there.
        public HttpMessageParser<ClassicHttpResponse> create(Http1Config ignored) {
            return new AnswerHead();
        }
    }
}
