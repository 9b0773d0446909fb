//go:build !linux

// Command djangostack-local runs Kubernetes on a Linux machine. On other systems it only says so.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "djangostack-local: this is not Linux: the local Kubernetes cannot run here; use another cluster (kind, minikube, ...) with: make up CONTEXT=<kubeconfig context>")
	os.Exit(2)
}
