package dev.ratematch.k8s.emit;

import java.util.List;
import java.util.Map;

/// What llm-d's router is told: values of its Helm chart, as its guide to P/D disaggregation has
/// them (github.com/llm-d/llm-d, guides/pd-disaggregation/router).
final class LlmD {

    /// Of the routing proxy in front of decode (github.com/llm-d/llm-d, guides/wide-ep-lws).
    static final String PROXY_VERSION = "0.7.1";

    private static final String PLUGINS = "pd.yaml";

    private LlmD() {}

    /// The values. Every prompt goes to prefill, as the plan counts; of the replicas of a role the
    /// least busy one takes it.
    static Map<String, Object> values(Deployable it) {
        return Yaml.map(
                "router",
                Yaml.map(
                        "epp",
                        Yaml.map(
                                "replicas",
                                1,
                                "pluginsConfigFile",
                                PLUGINS,
                                "pluginsCustomConfig",
                                Yaml.map(PLUGINS, Yaml.plain(plugins()))),
                        "modelServers",
                        Yaml.map(
                                "matchLabels",
                                Yaml.map(
                                        Deployable.NAME,
                                        it.name(),
                                        Deployable.LLM_D_MEMBER,
                                        "true"))));
    }

    private static Map<String, Object> plugins() {
        return Yaml.map(
                "apiVersion",
                "llm-d.ai/v1",
                "kind",
                "EndpointPickerConfig",
                "plugins",
                List.of(
                        plugin("always-disagg-pd-decider"),
                        Yaml.map(
                                "type",
                                "disagg-profile-handler",
                                "parameters",
                                Yaml.map(
                                        "deciders",
                                        Yaml.map("prefill", "always-disagg-pd-decider"))),
                        plugin("prefill-filter"),
                        plugin("decode-filter"),
                        plugin("inflight-load-producer"),
                        plugin("token-load-scorer"),
                        plugin("active-request-scorer"),
                        plugin("max-score-picker")),
                "schedulingProfiles",
                List.of(
                        profile("prefill", "prefill-filter", "token-load-scorer"),
                        profile("decode", "decode-filter", "active-request-scorer")));
    }

    private static Map<String, Object> plugin(String type) {
        return Yaml.map("type", type);
    }

    private static Map<String, Object> profile(String name, String filter, String scorer) {
        return Yaml.map(
                "name",
                name,
                "plugins",
                List.of(
                        Yaml.map("pluginRef", filter),
                        Yaml.map("pluginRef", scorer),
                        Yaml.map("pluginRef", "max-score-picker")));
    }
}
