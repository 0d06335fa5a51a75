package dev.ratematch.k8s.emit;

import dev.ratematch.sizing.launch.Launch;
import dev.ratematch.sizing.launch.Pool;
import dev.ratematch.sizing.launch.ServingEngine;
import dev.ratematch.sizing.launch.Started;
import java.util.ArrayList;
import java.util.List;

/// The same commands for machines without Kubernetes.
final class Scripts {

    private Scripts() {}

    static List<EmittedFile> of(Deployable it) {
        var files = new ArrayList<EmittedFile>();
        for (var pool : it.fleet().pools()) {
            var started = it.started(pool);
            String name = "launch/" + it.component(pool);
            boolean grouped = started.worker().isPresent();
            files.add(
                    new EmittedFile(
                            name + (grouped ? "-leader.sh" : ".sh"),
                            script(it, pool, started, started.leader())));
            started.worker()
                    .ifPresent(
                            worker ->
                                    files.add(
                                            new EmittedFile(
                                                    name + "-worker.sh",
                                                    script(it, pool, started, worker))));
            if (!started.file().isEmpty()) {
                files.add(
                        new EmittedFile(
                                "launch/" + ServingEngine.fileOf(pool),
                                Yaml.plain(started.file())));
            }
        }
        return files;
    }

    private static String script(Deployable it, Pool pool, Started started, Launch launch) {
        var text = new StringBuilder("#!/bin/sh\n# ").append(it.said(pool)).append('\n');
        if (started.worker().isPresent()) {
            text.append(
                    ("# On each of %d hosts, with LWS_LEADER_ADDRESS, the address of the first,"
                                    + " and LWS_WORKER_INDEX, 0 on the first.%n")
                            .formatted(started.hosts()));
        }
        if (!started.environment().isEmpty()) {
            text.append("# POD_IP: the address that the other pool reaches this host by.\n");
        }
        if (!started.file().isEmpty()) {
            text.append(
                    "# Reads %s/%s, which lies beside this script.%n"
                            .formatted(ServingEngine.FILE_FOLDER, ServingEngine.fileOf(pool)));
        }
        started.environment()
                .forEach(
                        (key, value) ->
                                text.append(
                                        "export %s=\"%s\"%n"
                                                .formatted(
                                                        key,
                                                        value.replace(Started.POD_IP, "$POD_IP"))));
        return text.append("exec ").append(launch.script()).append('\n').toString();
    }
}
