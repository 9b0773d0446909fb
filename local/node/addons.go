package node

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"os"
	"text/template"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/resource"

	"github.com/djangostack/djangostack/local/cluster"
)

//go:embed manifests
var manifestFiles embed.FS

// applyAddons applies the embedded manifests by server-side apply, so that repeating it changes nothing.
func applyAddons() error {
	authority, err := os.ReadFile(home.Cert("ca"))
	if err != nil {
		return fmt.Errorf("reading the cluster's certificate authority: %w", err)
	}
	content, err := manifests(authority)
	if err != nil {
		return err
	}
	flags := genericclioptions.NewConfigFlags(false)
	kubeconfig := home.ClientConfig("admin")
	flags.KubeConfig = &kubeconfig
	return resource.NewBuilder(flags).Unstructured().Stream(bytes.NewReader(content), "manifests").Flatten().Do().Visit(apply)
}

func apply(info *resource.Info, err error) error {
	if err != nil {
		return fmt.Errorf("reading the embedded manifests: %w", err)
	}
	content, err := runtime.Encode(unstructured.UnstructuredJSONScheme, info.Object)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", info.ObjectName(), err)
	}
	force := true
	options := &metav1.PatchOptions{FieldManager: cluster.ContextName, Force: &force}
	_, err = resource.NewHelper(info.Client, info.Mapping).Patch(info.Namespace, info.Name, types.ApplyPatchType, content, options)
	if err != nil {
		return fmt.Errorf("applying %s: %w", info.ObjectName(), err)
	}
	return nil
}

// manifests renders the embedded manifests. authority is the certificate of the cluster's authority, in PEM.
func manifests(authority []byte) ([]byte, error) {
	entries, err := manifestFiles.ReadDir("manifests")
	if err != nil {
		return nil, err
	}
	var all bytes.Buffer
	for _, entry := range entries {
		filled, err := template.ParseFS(manifestFiles, "manifests/"+entry.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the embedded %s: %w", entry.Name(), err)
		}
		err = filled.Execute(&all, map[string]any{
			"Authority":          base64.StdEncoding.EncodeToString(authority),
			"DNSService":         cluster.DNSService,
			"MetricsPort":        cluster.MetricsPort,
			"NodeAddress":        cluster.NodeAddress,
			"StorageProvisioner": cluster.StorageProvisioner,
		})
		if err != nil {
			return nil, fmt.Errorf("rendering %s: %w", entry.Name(), err)
		}
		all.WriteString("\n---\n")
	}
	return all.Bytes(), nil
}
