# Everything a person does with this repository; "make help" lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# STATE holds all that is made: programs, images, the cluster, Pulumi's state.
STATE ?= $(CURDIR)/.djangostack
ifneq ($(words $(STATE)),1)
$(error make cannot handle the spaces in "$(STATE)": clone into a path without spaces)
endif
# BIN and IMAGES can be shared between several STATEs.
BIN ?= $(STATE)/bin
IMAGES ?= $(STATE)/images
# CONTEXT names a cluster that is there already, instead of the local one.
CONTEXT ?=
# PORT on 127.0.0.1 reaches the app.
PORT ?= 8000
# NETWORK_POLICIES=enforced starts a local cluster that enforces them.
NETWORK_POLICIES ?=
ifneq ($(filter-out enforced,$(NETWORK_POLICIES)),)
$(error NETWORK_POLICIES is "$(NETWORK_POLICIES)"; allowed are enforced and nothing)
endif
# IMAGE is the release of the sample app.
IMAGE ?= djangostack.local/blog:orange
# STACK is the environment.
STACK ?= local
# PROVIDERS are those of the local environment: embedded in the command, or published.
PROVIDERS ?= embedded
# TAGS are Go's build tags. "noclouds" leaves the SDKs of AWS and Google Cloud out.
TAGS ?=

# GOFLAGS is one set of flags for every go command, the linter's and the Pulumi language
# host's too, since the build cache holds a package once for each set of flags:
# - -trimpath: the cache serves every checkout.
# - -dwarf=false, -s -w: no program here needs a debugger's tables.
# - -N -l: the clouds' SDKs and Kubernetes' generated clients only fill in structs, and most
#   of what Pulumi's CLI links is never called. Without the optimiser they compile in 60 to
#   75 % of the time, with less memory.
# - -vet=off: "make lint" vets this code. "go test" would vet every SDK first.
not_optimised := github.com/pulumi/pulumi-.../sdk/... github.com/pulumi/pulumi/pkg/v3/cmd/... github.com/pb33f/... \
  github.com/aws/aws-sdk-go-v2/... github.com/Azure/... cloud.google.com/... github.com/envoyproxy/... github.com/alecthomas/chroma/... \
  github.com/segmentio/... go.mongodb.org/... github.com/apache/arrow-go/... github.com/ClickHouse/... go.temporal.io/... github.com/microsoft/... github.com/IBM/... \
  github.com/solarwinds/... github.com/arangodb/... github.com/opensearch-project/... github.com/jcmturner/... github.com/gophercloud/... github.com/Huawei/... \
  $(addprefix k8s.io/client-go/,informers/... listers/... kubernetes/... applyconfigurations/...)
export GOFLAGS := -trimpath -buildvcs=false -vet=off -gcflags=all=-dwarf=false $(foreach packages,$(not_optimised),"-gcflags=$(packages)=-N -l -dwarf=false") "-ldflags=-s -w"$(if $(TAGS), -tags=$(TAGS))

# GOGC makes the compiler, the linkers, Pulumi and the tests collect their garbage less often,
# which takes less CPU time and more memory: the largest package of a cloud's SDK compiles in
# 35 instead of 39 CPU-seconds with 2.9 instead of 2.2 GB. A machine with less than 12 GB keeps
# Go's own setting, and so do the linter and the local cluster's processes.
ifndef GOGC
enough_memory := $(shell scripts/enough-memory 12000000 && echo yes)
ifneq ($(enough_memory),)
export GOGC := 400
endif
endif

export DJANGOSTACK_STATE := $(STATE)
export DJANGOSTACK_PULUMI := $(BIN)/pulumi

pulumi_version := v$(shell sed -n 's|.*github.com/pulumi/pulumi/pkg/v3 v\([0-9.]*\).*|\1|p' tools/go.mod)
kubernetes_version := v$(shell sed -n 's|^\tk8s.io/kubernetes v\([0-9.]*\).*|\1|p' local/go.mod)
kubernetes_flags := -X k8s.io/component-base/version.gitVersion=$(kubernetes_version) -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$(word 2,$(subst ., ,$(kubernetes_version))) -X k8s.io/component-base/version.gitTreeState=clean

program_sources := $(shell find main.go cmd stacks components emulators -type f -not -name '*_test.go' -not -path '*/testdata/*') go.mod go.sum
local_sources := $(shell find local -name '*.go' -not -name '*_test.go') $(shell find local/node/config local/node/manifests -type f) local/go.mod local/go.sum
host_sources := $(shell find tools/pulumi-language-go -name '*.go' -not -name '*_test.go' -not -path '*/internal/*')
image_sources := $(shell find local/image local/cmd/djangostack-image -type f) local/go.mod local/go.sum
lint_sources := $(shell find tools/lint -type f -not -path '*/testdata/*')
blog_sources := $(shell find examples/blog -type f -not -name '*.pyc')

# Packages that the rings 2 and 3 run whole. Ring 1 leaves them out: to link one with both
# clouds' SDKs takes 10 to 20 CPU-seconds, and most of its tests would be skipped.
# The longest one comes first, so that no core waits for it at the end.
engine_only := ./tests/reliability ./tests/processes ./tests/data ./tests/clouds ./tests/secrecy ./tests/security
pods_only := ./tests/pods ./tests/cloudpods ./tests/load ./tests/controllers ./tests/wholeapps
# Packages that ring 2 runs whole, so that "make test" leaves them out of ring 1.
with_engine := ./stacks/... ./cmd/... ./emulators ./emulators/random ./emulators/aws ./emulators/gcp ./emulators/cloud/...
# What "make test-quick" checks: nothing there links a cloud's SDK.
quick_directories := stacks/spec stacks/lifecycle stacks/render components/contract components/cidr components/names components/connection components/sizes components/django components/kubernetes
# The examples of wrong words that the linters' tests need.
prose_examples := ':!tools/lint/testdata' ':!tools/lint/prose/testdata' ':!tools/lint/prose/prose_test.go'
gofmt_check := unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "$$unformatted"; echo 'run: make format' >&2; exit 1; }

cluster_config := $(if $(CONTEXT),--set 'cluster.context=$(CONTEXT)')
blog_config := --set 'app.image=$(IMAGE)' --set 'app.url=http://127.0.0.1:$(PORT)'
ifeq ($(CONTEXT),)
export KUBECONFIG := $(STATE)/cluster/kubeconfig
endif

.PHONY: up
up: prerequisites announce programs $(if $(CONTEXT),,cluster) ## Bring the environment "local" up (CONTEXT=, PORT=, IMAGE=)
	@$(BIN)/djangostack up -s $(STACK) --providers $(PROVIDERS) $(blog_config) $(cluster_config) || { code=$$?; \
		echo '  before a command of a next step, run: eval "$$(make -s env$(if $(CONTEXT), CONTEXT=$(CONTEXT)))"' >&2; exit $$code; }
	@[ $(PROVIDERS) != embedded ] || scripts/pulumi-home $(BIN) $(STATE)
	@scripts/sign-in $(BIN)/djangostack $(STACK) "$(CONTEXT)" $(PORT)

# Before the minutes of the builds, not after them.
.PHONY: prerequisites
prerequisites:
	@scripts/prerequisites $(if $(CONTEXT),context '$(CONTEXT)',local $$([ -x $(BIN)/djangostack-local ] || echo $(PORT)))

.PHONY: announce
announce:
	@scripts/announce $(MAKE) '$(BIN)/djangostack|Build the command, without the clouds|4' '$(BIN)/pulumi|Build Pulumi from its Go module, unless it is on PATH|9' \
		$(if $(CONTEXT),,'$(BIN)/djangostack-local|Build Kubernetes from its Go modules|9' '$(IMAGES)/.built|Build the images from Debian packages|4' '-|Start the cluster and load the images|1') \
		'-|Bring the environment up|1'

.PHONY: down
down: ## Remove the environment and the local cluster; keeps what was built
ifeq ($(CONTEXT),)
	@[ ! -x $(BIN)/djangostack-local ] || $(BIN)/djangostack-local down
	@[ ! -d $(STATE)/pulumi ] || PULUMI_K8S_DELETE_UNREACHABLE=true $(BIN)/djangostack destroy -s $(STACK) --providers $(PROVIDERS) --yes
else
	@$(BIN)/djangostack destroy -s $(STACK) --providers $(PROVIDERS) --yes
endif

.PHONY: cluster
cluster: programs images ## Start the local Kubernetes and load the images
	@$(BIN)/djangostack-local up --publish 127.0.0.1:$(PORT)=blog-$(STACK)/blog-web:80 $(if $(NETWORK_POLICIES),--enforce-network-policies)
	@$(BIN)/djangostack-local load-image $(IMAGES)/*.tar

.PHONY: programs
programs: $(BIN)/djangostack $(BIN)/pulumi $(if $(CONTEXT),,$(BIN)/djangostack-local $(BIN)/djangostack-image) ## Build the programs

.PHONY: command
command: $(BIN)/.clouds ## Build the command with AWS and Google Cloud, and Pulumi's CLI: all that a rehearsal needs
	@$(MAKE) --no-print-directory $(BIN)/djangostack $(BIN)/pulumi

.PHONY: tools
tools: $(BIN)/pulumi ## Build the Pulumi CLI and its language host for Go, unless they are on PATH

.PHONY: images
images: $(IMAGES)/.built ## Build the images of the sample app and its data services

$(IMAGES)/.built: $(BIN)/djangostack-image $(blog_sources)
	@$(BIN)/djangostack-image build --out $(IMAGES)
	@touch $@

$(BIN)/pulumi: tools/go.mod scripts/pulumi $(host_sources)
	@scripts/pulumi $@ $(pulumi_version)
	@touch -h $@

# Once "make command" has built the command with the clouds, it keeps them.
$(BIN)/djangostack: $(program_sources)
	@BUILD_TAGS=$$([ -e $(BIN)/.clouds ] || echo noclouds) scripts/gobuild . $(BIN) "" ./cmd/djangostack

$(BIN)/.clouds:
	@mkdir -p $(BIN)
	@rm -f $(BIN)/djangostack
	@touch $@

$(BIN)/djangostack-local: $(local_sources)
	@scripts/prerequisites local
	@scripts/gobuild local $(BIN) "$(kubernetes_flags)" ./cmd/djangostack-local ./cmd/djangostack-pause

$(BIN)/djangostack-image: $(image_sources)
	@scripts/gobuild local $(BIN) "" ./cmd/djangostack-image

# Programs from their Go modules, which only the long forms need. A program is linked
# statically, since its image has nothing else.
addons := traefik cert-manager pebble keda rclone otelcol kube-state-metrics
addon_packages_traefik := github.com/traefik/traefik/v3/cmd/traefik
addon_packages_keda := $(addprefix github.com/kedacore/keda/v2/cmd/,operator adapter webhooks)
# Several programs of one addon are in a folder, and in one image.
addon_folder_keda := /keda
addon_packages_pebble := github.com/letsencrypt/pebble/v2/cmd/pebble
addon_packages_kube-state-metrics := k8s.io/kube-state-metrics/v2
addon_flags = $(if $(filter 1,$(shell go env CGO_ENABLED)),-linkmode=external -extldflags=-static)

.PHONY: addons
addons: $(addons:%=$(IMAGES)/%.tar) ## Build the images of the programs that "make soak" installs, from their Go modules

$(addons:%=$(BIN)/addons/%): $(BIN)/addons/%: $(shell find local/addons -type f -name '*.go') local/addons/%/go.mod local/addons/%/go.sum
	@scripts/gobuild local/addons/$* $(BIN)/addons$(addon_folder_$*) "$(addon_flags)" $(or $(addon_packages_$*),.)
	@touch $@

$(addons:%=$(IMAGES)/%.tar): $(IMAGES)/%.tar: $(BIN)/addons/% $(BIN)/djangostack-image
	@$(BIN)/djangostack-image program --out $(IMAGES) $<

$(BIN)/kube-score: tools/score/go.mod
	@scripts/gobuild tools/score $(BIN) "" github.com/zegl/kube-score/cmd/kube-score
	@touch $@

$(BIN)/lint: $(lint_sources)
	@scripts/gobuild tools/lint $(BIN) "" . ./prose
	@touch $@

.PHONY: test
test: ## Everything: lint, mocks, engine, real pods; ends with the time of each ring
	@scripts/rings $(MAKE) 'test-app&' lint test-unit-only wait build 'test-environments&' test-engine wait test-cluster test-load

.PHONY: test-quick
test-quick: ## An answer in minutes: lint, the configuration, the lifecycle, components under mocks; no cloud SDK
	@scripts/rings $(MAKE) lint-quick test-quick-unit

.PHONY: lint-quick
lint-quick: $(BIN)/lint
	@$(gofmt_check)
	@$(BIN)/lint $(quick_directories)

.PHONY: test-quick-unit
test-quick-unit:
	@DJANGOSTACK_E2E=0 go test $(addprefix ./,$(addsuffix /...,$(quick_directories)))

.PHONY: test-unit
test-unit: ## Ring 1: mocks and everything that needs neither engine nor cluster
	@DJANGOSTACK_E2E=0 go test $$(go list ./... | grep -vxF "$$(go list $(engine_only) $(pods_only))")
	@cd local && go test ./...
	@cd tools && go test ./...
	@cd tools/lint && go test ./...

# The part of ring 1 that ring 2 does not run again.
.PHONY: test-unit-only
test-unit-only:
	@DJANGOSTACK_E2E=0 go test $$(go list ./... | grep -vxF "$$(go list $(with_engine) ./emulators/kubernetes/... $(engine_only) $(pods_only))")
	@cd local && go test $$(go list ./... | grep -v '/image$$')
	@cd tools/lint && go test ./...

.PHONY: test-app
test-app: $(BIN)/djangostack-image ## The sample app's own tests, and its images, run for real
	@$(BIN)/djangostack-image test-blog --out $(IMAGES)
	@cd local && DJANGOSTACK_E2E=1 go test -count=1 -timeout 20m ./image

# Operations of Pulumi wait for each other's processes, so that two packages at a time leave a third of two cores idle.
packages_at_once := 3
.PHONY: test-engine
test-engine: build $(BIN)/kube-score ## Ring 2: the real Pulumi engine, on in-process providers
	@DJANGOSTACK_E2E=1 go test -count=1 -timeout 20m $(with_engine)
	@cd tools && DJANGOSTACK_E2E=1 go test -count=1 -timeout 20m ./...
	@command -v ip >/dev/null || ! command -v apt-get >/dev/null || scripts/packages iproute2
	@scripts/postgresql
	@DJANGOSTACK_E2E=1 go test -count=1 -timeout 10m -run 'TestADatabaseMovesToAnotherServer|TestBackupsHoldEveryDatabase|TestARoleOwnsEachOfItsDatabases' ./components/kubernetes
	@DJANGOSTACK_E2E=1 go test -p $(packages_at_once) -short -count=1 -timeout 20m $(engine_only) ./tests/editor
	@DJANGOSTACK_E2E=1 scripts/with-cluster $(BIN) $(IMAGES) go test -count=1 -timeout 20m ./emulators/kubernetes/...

.PHONY: test-cluster
test-cluster: build ## The local Kubernetes: what runs in it, and that nothing of it stays
	@cd local && DJANGOSTACK_E2E=1 go test -count=1 -v -timeout 20m ./e2e

.PHONY: test-pods
test-pods: test-environments ## Ring 3: an environment's life on real pods, under load, and on a cloud whose cluster is real
	@$(MAKE) --no-print-directory test-load

# They wait more than they compute, so two run at the same time, and "make test" runs them beside ring 2.
.PHONY: test-environments tests/pods tests/cloudpods third-party
test-environments: build
	@$(MAKE) --no-print-directory -j2 tests/pods tests/cloudpods third-party

tests/pods tests/cloudpods:
	@DJANGOSTACK_E2E=1 go test -short -count=1 -v -timeout 40m ./$@

third-party: | tests/cloudpods
	@DJANGOSTACK_E2E=1 go test -short -count=1 -v -timeout 20m -run TestAThirdPartyApp ./tests/load

# Nothing runs beside the load.
.PHONY: test-load
test-load: build
	@DJANGOSTACK_E2E=1 go test -short -count=1 -v -timeout 40m -skip TestAThirdPartyApp ./tests/load

# What the rings 2 and 3 need.
.PHONY: build
build: command programs images

.PHONY: soak
soak: build addons ## The long forms: every change of production, every environment's lifecycle, the benchmarks
	@DJANGOSTACK_E2E=1 DJANGOSTACK_SOAK=1 go test -count=1 -v -timeout 120m ./cmd/djangostack -run 'PublicApps|GeneratedConfigurations'
	@cd local && DJANGOSTACK_E2E=1 DJANGOSTACK_SOAK=1 go test -count=1 -v -timeout 20m ./image -run DjangoCacheURL
	@DJANGOSTACK_E2E=1 go test -count=1 -v -timeout 60m ./tests/clouds ./tests/security ./tests/data ./components/aws ./components/gcp
	@DJANGOSTACK_E2E=1 DJANGOSTACK_SOAK=1 go test -count=1 -p 1 -v -timeout 60m ./tests/cloudpods ./tests/load ./tests/configurations
	@DJANGOSTACK_E2E=1 DJANGOSTACK_SOAK=1 go test -count=1 -p 1 -v -timeout 60m ./tests/pods ./tests/controllers ./tests/wholeapps
	@DJANGOSTACK_E2E=1 DJANGOSTACK_SOAK=1 go test -count=1 -p 1 -v -timeout 300m ./tests/secrecy ./tests/reliability
	@$(MAKE) --no-print-directory fuzz
	@$(MAKE) --no-print-directory bench-up bench-preview bench-path

.PHONY: fuzz
fuzz: ## A million inputs for the decoder and the checks of a configuration
	@go test -run '^$$' -fuzz '^FuzzParse$$' -fuzztime 600000x -fuzzminimizetime 100x ./stacks/spec
	@go test -run '^$$' -fuzz '^FuzzParseField$$' -fuzztime 200000x -fuzzminimizetime 100x ./stacks/spec
	@go test -run '^$$' -fuzz '^FuzzDecode$$' -fuzztime 200000x -fuzzminimizetime 100x ./stacks/lifecycle/stackfile

.PHONY: bench-up
bench-up: programs images ## Time to the first 200, beside kubectl apply of the same manifests
	@go run ./tests/benchup --bin $(BIN) --images $(IMAGES)

.PHONY: bench-preview
bench-preview: tools ## Time of a preview, beside an empty program, and how it grows
	@go run ./tests/benchpreview --state $(STATE)

.PHONY: bench-path
bench-path: command ## The longest chain of a first update: what waits for what, and for how long
	@DJANGOSTACK_E2E=1 go test ./tests/clouds -run '^$$' -bench FirstUpdate -benchtime 1x -v

.PHONY: lint
lint: $(BIN)/lint ## Format, vet and lint
	@$(gofmt_check)
	@$(BIN)/lint . local tools tools/lint
	@$(MAKE) --no-print-directory lint-prose

.PHONY: lint-prose
lint-prose: $(BIN)/lint ## Find private words, metaphors and misspelt words in comments, pages and messages
	@$(BIN)/prose -words tools/lint/prose/words.yaml $$(git ls-files '*.go' '*.md' '*.yaml' Makefile scripts $(prose_examples))

.PHONY: format
format: ## Format the Go files
	@gofmt -w $$(git ls-files '*.go')

.PHONY: generate
generate: ## Write the generated files
	@go generate ./...
	@cd tools && go run ./outdated -root .. -page

.PHONY: outdated
outdated: ## Name the modules that have newer releases, and the versions whose support has ended or ends soon
	@cd tools && go build -o $(BIN)/outdated ./outdated
	@$(BIN)/outdated

.PHONY: env
env: ## Print the settings of this Makefile for a shell: eval "$(make -s env)"
	@printf 'export %s=%q\n' GOFLAGS "$$GOFLAGS" DJANGOSTACK_STATE "$$DJANGOSTACK_STATE" DJANGOSTACK_PULUMI "$$DJANGOSTACK_PULUMI" $(if $(CONTEXT),,KUBECONFIG "$$KUBECONFIG")
	@[ ! -d $(STATE)/pulumi/home ] || printf 'export %s=%q\n' PULUMI_HOME $(STATE)/pulumi/home PULUMI_CONFIG_PASSPHRASE_FILE $(STATE)/pulumi/passphrase
	@printf 'export PATH=%q:"$$PATH"\n' $(BIN)

.PHONY: clean
clean: down ## Remove everything that was made
	@rm -rf $(STATE)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
