# Stage 1 compiles; nothing of it but one jar and its bill of materials reaches stage 2.
# It runs on the machine that builds, whatever the image is for: the jar is the same everywhere.
FROM --platform=$BUILDPLATFORM docker.io/library/maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn --batch-mode -DskipTests -Psbom package

# Stage 2 runs. No shell is used, nothing is written: it works with a read-only root file system.
# The platform is the default, and said because buildah 1.28 takes that of stage 1 instead.
FROM --platform=$TARGETPLATFORM docker.io/library/eclipse-temurin:25-jre
COPY LICENSE NOTICE /licenses/
COPY --from=build /src/cli/target/bom.json /licenses/bom.json
COPY --from=build /src/cli/target/ratematch.jar /app/ratematch.jar
# Two arenas of the C allocator: one a core is memory that a container pays for and nobody uses.
ENV MALLOC_ARENA_MAX=2
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
# Of `operator`: health and metrics, and the external scaler for KEDA.
EXPOSE 8080 9090
ENTRYPOINT ["java", "-XX:+UseParallelGC", "-XX:MaxRAMPercentage=75", "-XX:-UsePerfData", \
  "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
  "-jar", "/app/ratematch.jar"]
CMD ["--help"]
