package dev.partnergateway.talonone;

import java.time.Duration;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client towards deployments: it never sends a call twice by itself, follows no redirect, keeps no cookie, and
 * waits for an answer no longer than the call it serves can use.
 */
final class TalonOneHttpClient implements HttpClientConfigurer {

    /** camel-http builds the request out of reach, on the calling thread: the wait travels beside it. */
    private static final ThreadLocal<Duration> WAIT = new ThreadLocal<>();

    static void waitAtMost(Duration wait) {
        WAIT.set(wait);
    }

    static void done() {
        WAIT.remove();
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.disableAutomaticRetries()
                .disableCookieManagement()
                .disableRedirectHandling()
                .disableAuthCaching()
                .addExecInterceptorFirst("wait", TalonOneHttpClient::limitWait);
    }

    private static ClassicHttpResponse limitWait(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws java.io.IOException, HttpException {
        Duration wait = WAIT.get();
        if (wait != null) {
            Timeout timeout = Timeout.ofMilliseconds(Math.max(1, wait.toMillis()));
            scope.clientContext.setRequestConfig(RequestConfig.copy(scope.clientContext.getRequestConfigOrDefault())
                    .setResponseTimeout(timeout)
                    .setConnectionRequestTimeout(timeout)
                    .build());
        }
        return chain.proceed(request, scope);
    }
}
