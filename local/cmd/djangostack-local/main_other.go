//go:build !linux

// Command djangostack-local runs a real Kubernetes on this machine, where that is Linux.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "djangostack-local: this is not Linux: the embedded Kubernetes cannot run here; use any other cluster (kind, minikube, ...) with: make up CONTEXT=<kubeconfig context>")
	os.Exit(2)
}
