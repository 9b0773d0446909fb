package components

import (
	"fmt"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// clientOf returns the client of a component whose only argument is the path of a kubeconfig.
func clientOf(component string, args []string) (kubernetes.Interface, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("%s takes one argument: the kubeconfig", component)
	}
	config, err := clientcmd.BuildConfigFromFlags("", args[0])
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("creating a client: %w", err)
	}
	return client, nil
}
