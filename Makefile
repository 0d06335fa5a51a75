# The front door. Recipes stay one line; logic that outgrows a line lives in .ci/ or in Java.
SHELL := /bin/bash
JAVA_HOME := $(shell bash .ci/jdk 2>/dev/null)
export JAVA_HOME
ARGS ?=
MVN := mvn --batch-mode
IMAGE ?= ratematch:dev
SILICON ?= ../shared/silicon
TRACES ?= ../shared/traces

.DEFAULT_GOAL := help
.PHONY: help jdk demo test test-kube test-extended test-chart test-prometheus test-engines test-browser fuzz soak foreign fmt check sim judge judge-ablate bench bench-model accuracy paper experiments profiles image image-check sbom release release-check first-minute manifests ci

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

jdk:
	@test -n "$(JAVA_HOME)" || { bash .ci/jdk; exit 1; }

demo: jdk ## run the shipped demo (ARGS=--headless prints a summary only)
	@./ratematch demo $(ARGS)

test: jdk ## build everything and run every test
	$(MVN) verify

test-kube: jdk ## test against a real Kubernetes control plane (needs Go; the first time builds it)
	@bash .ci/test-kube

test-extended: jdk test-engines ## the same with KEDA, against VictoriaMetrics, Thanos and Mimir, which take half an hour more to build, and what test-engines does
	@bash .ci/test-kube extended
	@bash .ci/test-stores

test-engines: jdk ## test against NVIDIA Dynamo with mockers, vLLM on CPU and the command line of SGLang, from PyPI; says why where they do not install
	@bash .ci/test-engines

test-browser: jdk ## test the console in a real Chromium, Debian's, installed where it is not (ARGS=-Dratematch.screenshots=../docs/console takes the pictures of the documents)
	@bash .ci/test-browser $(ARGS)

test-prometheus: jdk ## test against a real Prometheus, fetched when it is not there, and against Prometheus 3 where Go is
	@bash .ci/test-prometheus $(ARGS)

fuzz: jdk ## try 100,000 odd answers and scrapes; took 17 min on 2 cores (ARGS="-Dratematch.fuzz.seed=7")
	$(MVN) -pl controller -am test -Dtest=FuzzTest -Dsurefire.failIfNoSpecifiedTests=false -Dratematch.fuzz.count=100000 $(ARGS)

# Test classes need no jar of their own: the shipped one has all that they stand on.
TESTED = jar=$$(./ratematch --jar) && $(MVN) -q -pl test-harness -am test-compile && "$(JAVA_HOME)/bin/java" -XX:+UseParallelGC -cp test-harness/target/test-classes:$$jar

soak: jdk ## run the control loop through SEEDS=10000 small fleets with random faults, or one with SEED=56; goes on where it was stopped (ARGS=fresh begins again)
	@$(TESTED) dev.ratematch.harness.soak.Soak $(if $(SEED),seed=$(SEED),seeds=$(or $(SEEDS),10000)) $(ARGS)

foreign: jdk ## drive a plant of another kind through step, beside fixed splits, a timetable and a rule (ARGS="1 inversion demandMargin=0.1", ARGS="variants 2")
	@$(TESTED) dev.ratematch.harness.foreign.ForeignStudy $(ARGS)

fmt: jdk ## format the sources
	$(MVN) -q spotless:apply

check: jdk ## check the formatting and compile with every warning on
	$(MVN) -q spotless:check test-compile

sim: jdk ## simulate a trace under policies (ARGS="--trace FILE ..."; default: phase inversion)
	@./ratematch simulate $(or $(ARGS),--trace gen:phase-inversion)

judge: jdk ## judge every policy on every scenario and write docs/judge.md; goes on where it was cut off (ARGS=--quick)
	@./ratematch judge --traces "$(TRACES)" $(or $(ARGS),--write docs/judge.md)

judge-ablate: jdk ## what each option of the control law is worth: off, halved, doubled (ARGS="--seeds 1-2")
	@./ratematch judge --traces "$(TRACES)" --ablate $(or $(ARGS),--seeds 1-2)

bench: jdk ## measure this machine: one figure a line (ARGS="--seconds 5")
	@./ratematch bench $(ARGS)

bench-model: jdk ## measure the cost model: one figure a line (ARGS="--seconds 5")
	@./ratematch bench --model $(ARGS)

accuracy: jdk ## measure the cost model against ../shared/silicon and write docs/accuracy.md
	@./ratematch accuracy --data "$(SILICON)" --commit $$(git rev-parse --short HEAD) --out docs/accuracy.md

paper: jdk ## draw the pictures of docs/paper.md and print the figures behind them
	@jar=$$(./ratematch --jar) && $(MVN) -q -pl studies -am compile && "$(JAVA_HOME)/bin/java" -cp $$jar:studies/target/classes dev.ratematch.studies.paper.PaperFigures docs/paper

experiments: jdk ## answer the paper's questions and write docs/experiments (ARGS=--quick for few points)
	@./ratematch experiment all --traces "$(TRACES)" --markdown docs/experiments $(ARGS)

profiles: jdk ## fit the shipped kernel and serving profiles again (SILICON=folder of the measurements)
	@bash .ci/profiles "$(SILICON)"

image: ## build the container image with docker, podman or buildah (IMAGE=name:tag)
	@bash .ci/image "$(IMAGE)"

image-check: ## assemble the image for amd64 and arm64 from stand-in bases and inspect both (buildah, root)
	@bash .ci/image --check

sbom: jdk ## list what is in the jar: cli/target/bom.json (CycloneDX)
	$(MVN) -q -DskipTests -Dspotless.check.skip=true -Psbom package

release: ## make a release up to the push: make release VERSION=1.2.3 (ARGS="--without image" where no image can be built)
	@bash .ci/release "$(VERSION)" $(ARGS)

first-minute: jdk ## time what a new user does: clone, archive and Prometheus URL to the first answer (ARGS=prometheus)
	@bash .ci/first-minute $(ARGS)

release-check: ## make one of a version of its own, unpack it as a stranger would, and throw it away
	@bash .ci/release --check

manifests: ## render the plain manifests from the Helm chart
	@bash .ci/manifests

test-chart: jdk ## test the Helm chart with the real Helm, built from its Go module once
	$(MVN) -q -Pkube -pl k8s -am test -Dtest='Chart*Test' -Dsurefire.failIfNoSpecifiedTests=false $(ARGS)

ci: test test-kube ## what CI runs: every test, those on a real control plane, those against one real Prometheus, and a release
	@bash .ci/test-prometheus once
	@bash .ci/release --check
