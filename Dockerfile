# Stage 1 compiles; nothing of it but one jar and its bill of materials reaches stage 3.
# It runs on the machine that builds, whatever the image is for: the jar is the same everywhere.
FROM --platform=$BUILDPLATFORM docker.io/library/maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn --batch-mode -DskipTests -Psbom package

# Stage 2 learns what an operator loads at its start, so that ours need not load it again: by the JVM
# that stage 3 has, with the options of its ENTRYPOINT, and only where both are for one kind of machine.
FROM --platform=$BUILDPLATFORM docker.io/library/eclipse-temurin:25-jre AS learn
ARG BUILDPLATFORM
ARG TARGETPLATFORM
COPY --from=build /src/k8s/target/test-classes/dev/ratematch/k8s/aot /learn/dev/ratematch/k8s/aot
COPY --from=build /src/k8s/target/test-classes/dev/ratematch/k8s/cluster/Await.class /learn/dev/ratematch/k8s/cluster/Await.class
COPY --from=build /src/cli/target/ratematch.jar /app/ratematch.jar
RUN ["java", "-cp", "/learn:/app/ratematch.jar", "dev.ratematch.k8s.aot.AotCache", "/app", \
  "java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=75", "-XX:-UsePerfData", \
  "-Xlog:disable", "-Xlog:all=warning:stderr", \
  "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
  "-jar", "/app/ratematch.jar"]

# Stage 3 runs. No shell is used, nothing is written: it works with a read-only root file system.
# The platform is the default, and said because buildah 1.28 takes that of stage 1 instead.
FROM --platform=$TARGETPLATFORM docker.io/library/eclipse-temurin:25-jre
COPY LICENSE NOTICE /licenses/
COPY --from=build /src/cli/target/bom.json /licenses/bom.json
COPY --from=learn /app /app
# Two arenas of the C allocator: one a core is memory that a container pays for and nobody uses.
ENV MALLOC_ARENA_MAX=2
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
# Of `operator`: health and metrics, and the external scaler for KEDA.
EXPOSE 8080 9090
# start.options has the way to what was learnt, or nothing.
ENTRYPOINT ["java", "@/app/start.options", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=75", "-XX:-UsePerfData", \
  "-Xlog:disable", "-Xlog:all=warning:stderr", \
  "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
  "-jar", "/app/ratematch.jar"]
CMD ["--help"]
