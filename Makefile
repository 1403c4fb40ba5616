# The commands of this repository; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run serve-test test build bench fuzz lint fmt

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install the tools that tests and deployment need
	@scripts/setup

run: ## Run Latchkey on this machine, with a demo
	@scripts/run

serve-test: ## Serve the test profile on PORT
	@scripts/serve-test

test: ## Run every test
	@scripts/test

build: ## Build every Lambda into target/lambda
	@scripts/build

bench: ## Measure the endpoints and the cold starts
	@scripts/bench

fuzz: ## Feed hostile input to every parser for a minute each
	@scripts/fuzz

lint: ## Check format, lints, documentation, template and scripts
	@scripts/lint

fmt: ## Format the code
	@cargo fmt --all
