package dev.ratematch.cli;

import dev.ratematch.controller.roleswitch.Protocol;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Target;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/// The commands that switch one simulated pod by hand, step by step.
final class SwitchByHand {

    private SwitchByHand() {}

    /// The text; empty where there is no decode pod.
    static String text(Protocol protocol, List<Target> targets, String apiUrl) {
        var pod = targets.stream().filter(t -> t.source() == Source.DECODE).findFirst();
        if (pod.isEmpty()) {
            return "";
        }
        var url = URI.create(pod.get().url());
        String engine = "%s://%s".formatted(url.getScheme(), url.getAuthority());
        String name = pod.get().pod();
        String ask =
                switch (protocol) {
                    case SGLANG ->
                            told(engine + "/pd_role_switch", "{\"new_role\":\"prefill\"}")
                                    + "  curl -s %s/server_info%n".formatted(engine);
                    case VLLM ->
                            "  curl -s %s/v1/pd_role%n".formatted(engine)
                                    + told(
                                            engine + "/v1/pd_role",
                                            "{\"role\":\"prefill\",\"expected_epoch\":0,\"drain_timeout\":60}")
                                    + "  curl -s %s/v1/pd_role%n".formatted(engine);
                    case LABEL -> "";
                };
        return String.format(
                Locale.ROOT,
                "Pods change their role by %s. By hand: out of its pool, wait until it runs nothing, %sinto the other pool:%n%n%s  curl -s %s%n%s%s%n",
                protocol.label(),
                protocol.asksEngine() ? "switch, look at the live role, " : "",
                labelled(apiUrl, name, "neither"),
                url,
                ask,
                labelled(apiUrl, name, "prefill"));
    }

    private static String told(String url, String body) {
        return "  curl -s -X POST -H 'Content-Type: application/json' -d '%s' %s%n"
                .formatted(body, url);
    }

    private static String labelled(String apiUrl, String pod, String label) {
        return "  curl -s -X PUT -d '{\"label\":\"%s\"}' %s/pods/%s%n"
                .formatted(label, apiUrl, pod);
    }
}
