# Stage 1 compiles; nothing of it but one jar reaches stage 2.
FROM docker.io/library/maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn --batch-mode -DskipTests package

# Stage 2 runs. No shell is used, nothing is written: it works with a read-only root file system.
FROM docker.io/library/eclipse-temurin:25-jre
COPY LICENSE NOTICE /licenses/
COPY --from=build /src/cli/target/ratematch.jar /app/ratematch.jar
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
ENTRYPOINT ["java", "-XX:+UseParallelGC", "-XX:MaxRAMPercentage=75", "-XX:-UsePerfData", \
  "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
  "-jar", "/app/ratematch.jar"]
CMD ["--help"]
