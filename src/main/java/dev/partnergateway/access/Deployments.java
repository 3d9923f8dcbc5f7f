package dev.partnergateway.access;

import dev.partnergateway.call.CallbackHost;
import dev.partnergateway.call.Deployment;
import dev.partnergateway.call.DeploymentClock;
import dev.partnergateway.call.Refusal;
import dev.partnergateway.settings.DeploymentSettings;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.settings.SettingsException;
import java.net.URI;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The configured deployments; whatever address a caller gives, only these are ever called. */
public final class Deployments {

    private static final Pattern HOST =
            Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern ADDRESS = Pattern.compile("(?:https?://)?([^/?#@\\\\]*)/?");
    private static final Pattern NUMBERS = Pattern.compile("(0x[0-9a-f]*|[0-9]+)(\\.(0x[0-9a-f]*|[0-9]+))*");
    private static final Pattern BASE_URL = Pattern.compile("https?://([A-Za-z0-9.-]+)(?::([1-9][0-9]{0,4}))?/?");
    private static final int HIGHEST_PORT = 65_535;
    private static final Pattern REGISTERED = Pattern.compile("([1-9][0-9]{0,17})(?::([a-z_]+))?");
    private static final int LONGEST_ADDRESS = 300;

    private final Map<String, Deployment> byHost = new HashMap<>();

    /**
     * Reads the operator's deployments.
     *
     * @throws SettingsException naming the setting that is wrong
     */
    public Deployments(Settings settings) {
        for (String name : settings.deployments()) {
            add(settings.deployment(name));
        }
    }

    /** Adds one deployment. */
    public void add(DeploymentSettings settings) {
        Deployment deployment = compile(settings);
        for (String host : settings.hosts()) {
            String lower = host.toLowerCase(Locale.ROOT);
            if (!HOST.matcher(lower).matches() || NUMBERS.matcher(lower).matches()) {
                throw new SettingsException("gateway.deployments." + settings.name()
                        + ".host must be host names without scheme, port or path, separated by commas.");
            }
            if (byHost.putIfAbsent(lower, deployment) != null) {
                throw new SettingsException(
                        "gateway.deployments." + settings.name() + ".host names a host of another deployment: " + host);
            }
        }
    }

    private static boolean isAddress(String url) {
        Matcher matcher = BASE_URL.matcher(url);
        return matcher.matches()
                && HOST.matcher(matcher.group(1).toLowerCase(Locale.ROOT)).matches()
                && (matcher.group(2) == null || Integer.parseInt(matcher.group(2)) <= HIGHEST_PORT);
    }

    private static Deployment compile(DeploymentSettings settings) {
        String url =
                settings.baseUrl().orElseGet(() -> "https://" + settings.hosts().get(0));
        if (!isAddress(url)) {
            throw new SettingsException("gateway.deployments." + settings.name()
                    + ".base-url must be https:// (or http://), a host and perhaps a port, nothing else.");
        }
        Map<String, Deployment.RegisteredKey> registry = new HashMap<>();
        settings.keys().forEach((hash, text) -> {
            Matcher matcher = REGISTERED.matcher(text);
            if (!matcher.matches()) {
                throw new SettingsException("gateway.deployments." + settings.name() + ".keys." + hash
                        + " must be an Application id, or an Application id, a colon and a platform.");
            }
            registry.put(
                    hash,
                    new Deployment.RegisteredKey(
                            Long.parseLong(matcher.group(1)), matcher.group(2) == null ? "" : matcher.group(2)));
        });
        return new Deployment(
                settings.name(),
                URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url),
                settings.managementKey(),
                Map.copyOf(registry),
                settings.createAttributes(),
                settings.callbackHosts().stream()
                        .map(text -> callbackHost(settings.name(), text))
                        .toList(),
                settings.managementRate(),
                settings.batching(),
                new DeploymentClock());
    }

    private static CallbackHost callbackHost(String deployment, String text) {
        try {
            return CallbackHost.read(text);
        } catch (IllegalArgumentException e) {
            throw new SettingsException("gateway.deployments." + deployment + ".callback-hosts: " + text
                    + " must be a host, perhaps with a port, perhaps with https:// or http:// in front.");
        }
    }

    /**
     * Finds the deployment a caller means.
     *
     * @param address bare host or {@code http(s)://host}, a trailing slash, spaces round it and any letter case allowed
     * @param place where the call has it, as its caller says it
     * @throws Refusal 400 when it is anything else, or not configured
     */
    public Deployment find(String address, String place) {
        String text = address.strip().toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
            throw Refusal.of(400, "No Deployment URL specified");
        }
        Matcher matcher = ADDRESS.matcher(text);
        if (text.length() > LONGEST_ADDRESS || !matcher.matches()) {
            throw Refusal.of(400, place + ": the deployment must be a host name, without user, path or query");
        }
        String host = matcher.group(1);
        if (host.indexOf(':') >= 0 || host.indexOf('[') >= 0) {
            throw Refusal.of(400, place + ": the deployment must be a host name alone, without a port");
        }
        if (NUMBERS.matcher(host).matches()) {
            throw Refusal.of(400, place + ": the deployment must be a host name, not an IP address");
        }
        Deployment deployment = byHost.get(host);
        if (deployment == null) {
            throw Refusal.of(
                    400,
                    place + ": this deployment is not configured at this gateway: ask its operator to add the host");
        }
        return deployment;
    }

    /** All of them, by their names. */
    public List<Deployment> all() {
        return byHost.values().stream()
                .distinct()
                .sorted(Comparator.comparing(Deployment::name))
                .toList();
    }

    /** The deployment of a name, or null. */
    public Deployment named(String name) {
        return byHost.values().stream()
                .filter(deployment -> deployment.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
