# The front door. Recipes stay one line; logic that outgrows a line lives in .ci/ or in Java.
SHELL := /bin/bash
JAVA_HOME := $(shell bash .ci/jdk)
export JAVA_HOME
ARGS ?=
MVN := mvn --batch-mode

.DEFAULT_GOAL := help
.PHONY: help jdk test fmt check ci

help: ## list what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

jdk:
	@test -n "$(JAVA_HOME)" || { bash .ci/jdk; exit 1; }

test: jdk ## build everything and run every test
	$(MVN) verify

fmt: jdk ## format the sources
	$(MVN) -q spotless:apply

check: jdk ## check the formatting and compile with every warning on
	$(MVN) -q spotless:check test-compile

ci: test ## what CI runs; begins with the tests
