package dev.ratematch.k8s.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// etcd, kube-apiserver, kube-controller-manager and kube-scheduler, all real, on free ports of the
/// loopback address. Their data, logs and certificates are in one folder.
///
/// Users are told apart by certificate, so the audit log tells what each of them did.
public final class ControlPlane implements AutoCloseable {

    /// Which of the JVMs that share the tests among them this is, from 1.
    public static final int FORK = Integer.getInteger("ratematch.fork", 1);

    private static final int FIRST_PORT = 21_000;
    private static final int PORTS = 2_000;
    private static final AtomicInteger PORT = new AtomicInteger();
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    /// Open watches hold it up for a minute, though it stops to listen at once.
    private static final Duration API_SERVER_STOP_LIMIT = Duration.ofSeconds(3);

    private static final String LOOPBACK = "127.0.0.1";
    private static final String CONTROLLERS =
            "deployment-controller,replicaset-controller,statefulset-controller,"
                    + "job-controller,garbage-collector-controller,namespace-controller,"
                    + "serviceaccount-controller,disruption-controller,"
                    + "clusterrole-aggregation-controller,horizontal-pod-autoscaler-controller";

    private final Path folder;
    private final Path bin;
    private final Authority authority;
    private final Authority clients;
    private final Authority frontProxy;
    private final Config admin;
    private final HttpClient probe;
    private final int etcdPort = freePort();
    private final int port = freePort();
    private final List<String> apiServerCommand;
    private final Map<String, Config> users = new ConcurrentHashMap<>();
    private final AtomicInteger files = new AtomicInteger();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final KubernetesClient client;
    private final AuditLog auditLog;
    private @Nullable Program apiServer;

    private ControlPlane(Path folder, Path bin) {
        this.folder = folder;
        this.bin = bin;
        authority = Authority.create(folder, "authority");
        clients = Authority.create(folder, "clients");
        frontProxy = Authority.create(folder, "front-proxy");
        probe = HttpClient.newBuilder().sslContext(authority.trusting()).build();
        admin = user("admin", "system:masters");
        apiServerCommand = apiServerCommand();
        client = new KubernetesClientBuilder().withConfig(admin).build();
        auditLog = new AuditLog(folder.resolve("audit.jsonl"), client);
    }

    /// Starts a control plane whose files are in a folder, which is emptied before.
    public static ControlPlane start(Path folder) {
        var bin = Binaries.folder("control-plane");
        var clean = empty(folder.toAbsolutePath().normalize());
        var controlPlane = new ControlPlane(clean, bin);
        try {
            controlPlane.startEtcd();
            controlPlane.startApiServer();
            controlPlane.startControllers();
            return controlPlane;
        } catch (AssertionError | RuntimeException e) {
            controlPlane.close();
            throw e;
        }
    }

    /// A client with every right, whose writes the audit log shows as those of `admin`.
    public KubernetesClient client() {
        return client;
    }

    public Config admin() {
        return admin;
    }

    /// A user of some groups, by a certificate of its own.
    public Config user(String name, String... groups) {
        return users.computeIfAbsent(name + List.of(groups), _ -> newUser(name, List.of(groups)));
    }

    private Config newUser(String name, List<String> groups) {
        var subject = new StringBuilder();
        for (var group : groups) {
            subject.append("/O=").append(group);
        }
        var pair =
                clients.issue(
                        fileName("user-" + name),
                        subject.append("/CN=").append(name).toString(),
                        List.of());
        return base().withClientCertFile(pair.certificate().toString())
                .withClientKeyFile(pair.key().toString())
                .build();
    }

    /// A ServiceAccount by a real token of the API server: no rights but those bound to it.
    public Config serviceAccount(String namespace, String name) {
        var token =
                client.serviceAccounts()
                        .inNamespace(namespace)
                        .withName(name)
                        .tokenRequest()
                        .getStatus()
                        .getToken();
        return base().withOauthToken(token).withNamespace(namespace).build();
    }

    /// Writes a kubeconfig for programs that want a file.
    public Path kubeconfig(String name, Config config) {
        return Kubeconfig.write(folder.resolve(name + ".kubeconfig"), config);
    }

    /// Runs the real kubectl as a user.
    public Kubectl kubectl(Config config) {
        return new Kubectl(bin.resolve("kubectl"), kubeconfig(fileName("kubectl"), config));
    }

    public AuditLog auditLog() {
        return auditLog;
    }

    /// The API server's process, for faults: kill it, freeze it.
    public Program apiServer() {
        if (apiServer == null) {
            throw new IllegalStateException("The API server was never started.");
        }
        return apiServer;
    }

    /// Stops the API server alone; etcd keeps its data.
    public void stopApiServer() {
        apiServer().stop(API_SERVER_STOP_LIMIT);
    }

    /// Starts the API server, again on its old port and with its old data after a stop.
    public void startApiServer() {
        if (apiServer != null && apiServer.alive()) {
            throw new IllegalStateException("The API server is running; stop it before.");
        }
        var command = new ArrayList<>(List.of(bin.resolve("kube-apiserver").toString()));
        command.addAll(apiServerCommand);
        var program = Program.start("kube-apiserver", folder, Map.of(), command);
        apiServer = program;
        var _ =
                program.awaitReady(
                        START_LIMIT,
                        () -> answers("https://%s:%d/readyz".formatted(LOOPBACK, port)));
    }

    /// Where the files of this control plane are, its logs among them.
    public Path folder() {
        return folder;
    }

    Authority authority() {
        return authority;
    }

    Authority frontProxy() {
        return frontProxy;
    }

    /// Stops the last part first, so that none loses what it stands on; etcd is the last to go.
    @Override
    public void close() {
        Exception failure = null;
        for (var part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw new IllegalStateException("a part of the control plane did not stop", failure);
        }
    }

    /// A port below those that the system gives to clients: it stays free while what listens on it
    /// is stopped and started again.
    static int freePort() {
        while (true) {
            int port = FIRST_PORT + (FORK - 1) * PORTS + PORT.getAndIncrement() % PORTS;
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // Somebody else's; the next one.
            } catch (IOException e) {
                throw new UncheckedIOException("there is no free port", e);
            }
        }
    }

    private String fileName(String name) {
        return "%s-%d".formatted(name.replaceAll("[^A-Za-z0-9.-]", "_"), files.incrementAndGet());
    }

    private ConfigBuilder base() {
        // Not auto-configured: a developer's own kubeconfig must never be touched by a test.
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("https://%s:%d".formatted(LOOPBACK, port))
                .withCaCertFile(authority.certificate().toString());
    }

    private void startEtcd() {
        String url = "http://%s:%d".formatted(LOOPBACK, etcdPort);
        var etcd =
                start(
                        "etcd",
                        "--data-dir=" + folder.resolve("etcd"),
                        "--listen-client-urls=" + url,
                        "--advertise-client-urls=" + url,
                        "--listen-peer-urls=http://%s:%d".formatted(LOOPBACK, freePort()),
                        "--unsafe-no-fsync");
        var _ = etcd.awaitReady(START_LIMIT, () -> answers(url + "/readyz"));
        parts.push(
                () -> {
                    if (apiServer != null) {
                        stopApiServer();
                    }
                });
        parts.push(client);
    }

    private List<String> apiServerCommand() {
        var serving = authority.issue("api-server", "/CN=kube-apiserver", names(LOOPBACK));
        var proxy = frontProxy.issue("proxy-client", "/CN=front-proxy-client", List.of());
        var tokens = Authority.tokenKey(folder);
        var policy = AuditLog.writePolicy(folder.resolve("audit-policy.yaml"));
        return List.of(
                "--etcd-servers=http://%s:%d".formatted(LOOPBACK, etcdPort),
                "--secure-port=" + port,
                "--bind-address=" + LOOPBACK,
                "--advertise-address=" + LOOPBACK,
                "--endpoint-reconciler-type=none",
                "--tls-cert-file=" + serving.certificate(),
                "--tls-private-key-file=" + serving.key(),
                "--client-ca-file=" + clients.certificate(),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + tokens.certificate(),
                "--service-account-signing-key-file=" + tokens.key(),
                "--service-cluster-ip-range=10.0.0.0/24",
                "--authorization-mode=RBAC",
                "--audit-policy-file=" + policy,
                "--audit-log-path=" + folder.resolve("audit.jsonl"),
                "--audit-log-mode=blocking",
                "--audit-log-format=json",
                "--audit-log-maxsize=4096",
                "--requestheader-client-ca-file=" + frontProxy.certificate(),
                "--requestheader-allowed-names=front-proxy-client",
                "--requestheader-username-headers=X-Remote-User",
                "--requestheader-group-headers=X-Remote-Group",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--proxy-client-cert-file=" + proxy.certificate(),
                "--proxy-client-key-file=" + proxy.key());
    }

    private void startControllers() {
        startComponent(
                "kube-controller-manager",
                "--service-account-private-key-file=" + folder.resolve("sa.key"),
                "--use-service-account-credentials",
                // Its own limit of 20 requests a second, and the scheduler's of 50, would take
                // minutes
                // over hundreds of pods.
                "--kube-api-qps=200",
                "--kube-api-burst=400",
                "--controllers=" + CONTROLLERS,
                "--horizontal-pod-autoscaler-sync-period=2s",
                "--horizontal-pod-autoscaler-downscale-stabilization=0s");
        startComponent("kube-scheduler", "--kube-api-qps=200", "--kube-api-burst=400");
    }

    private void startComponent(String name, String... options) {
        int securePort = freePort();
        var kubeconfig = kubeconfig(name, user("system:" + name));
        var command = new ArrayList<String>();
        command.add("--kubeconfig=" + kubeconfig);
        command.add("--leader-elect=false");
        command.add("--bind-address=" + LOOPBACK);
        command.add("--secure-port=" + securePort);
        var serving = authority.issue(name, "/CN=" + name, names(LOOPBACK));
        command.add("--tls-cert-file=" + serving.certificate());
        command.add("--tls-private-key-file=" + serving.key());
        command.addAll(List.of(options));
        start(name, command.toArray(String[]::new))
                .awaitReady(
                        START_LIMIT,
                        () -> answers("https://%s:%d/healthz".formatted(LOOPBACK, securePort)));
    }

    private Program start(String name, String... options) {
        var command = new ArrayList<>(List.of(bin.resolve(name).toString()));
        command.addAll(List.of(options));
        var program = Program.start(name, folder, Map.of(), command);
        parts.push(program);
        return program;
    }

    private boolean answers(String url) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).build();
        return probe.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    }

    static List<String> names(String... more) {
        var names = new ArrayList<>(List.of("IP:127.0.0.1", "DNS:localhost"));
        for (var name : more) {
            if (!name.equals(LOOPBACK)) {
                names.add("DNS:" + name);
            }
        }
        return names;
    }

    private static Path empty(Path folder) {
        try {
            if (Files.exists(folder)) {
                try (var walk = Files.walk(folder)) {
                    for (var file : walk.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + folder, e);
        }
    }
}
