package kubernetes

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// settings are the provider arguments of a program.
type settings struct {
	kubeconfig, context, clusterName string
	namespace                        string
	deleteUnreachable                bool
	skipUpdateUnreachable            bool
	configMapMutable, secretMutable  bool
	upsertExistingObjects            bool
	patchForce                       bool
	burst                            int
	queriesPerSecond                 float32
	timeout                          time.Duration
}

// The published provider's limits, well above client-go's defaults of 10 and 5.
const defaultBurst, defaultQueriesPerSecond = 120, 50

// known are the provider arguments that have an effect, or that correctly have none.
func known() []string {
	return []string{
		"cluster", "clusterIdentifier", "context", "deleteUnreachable", "enableConfigMapMutable",
		"enablePatchForce", "enableSecretMutable", "enableServerSideApply", "kubeClientSettings", "kubeconfig", "namespace",
		"skipUpdateUnreachable", "suppressDeprecationWarnings", "suppressHelmHookWarnings", "upsertExistingObjects",
		"version", "pluginDownloadURL",
	}
}

// unsupported are the published provider's arguments that this one does not support.
func unsupported() []string {
	return []string{"alwaysRender", "helmReleaseSettings", "renderYamlToDirectory", "strictMode"}
}

// parseSettings parses the arguments. The SDKs send some values as they are and some as JSON text. For a few, an
// environment variable of the published provider is the fallback.
func parseSettings(arguments resource.PropertyMap) (*settings, error) {
	texts, err := asTexts(arguments)
	if err != nil {
		return nil, err
	}
	get := func(key string) string { return texts[key] }
	s := &settings{
		kubeconfig:       get("kubeconfig"),
		context:          get("context"),
		clusterName:      get("cluster"),
		namespace:        get("namespace"),
		burst:            defaultBurst,
		queriesPerSecond: defaultQueriesPerSecond,
	}
	for _, flag := range []struct {
		key, environment string
		into             *bool
	}{
		{"deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE", &s.deleteUnreachable},
		{"skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", &s.skipUpdateUnreachable},
		{"enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE", &s.configMapMutable},
		{"enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE", &s.secretMutable},
		{"enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE", &s.patchForce},
		{"upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS", &s.upsertExistingObjects},
	} {
		text := get(flag.key)
		if text == "" {
			text = os.Getenv(flag.environment)
		}
		*flag.into = text == "true"
	}
	return s, s.parseClientSettings(get("kubeClientSettings"))
}

func (s *settings) parseClientSettings(text string) error {
	if text == "" {
		return nil
	}
	var given struct {
		Burst   *number `json:"burst"`
		QPS     *number `json:"qps"`
		Timeout *number `json:"timeout"`
	}
	if err := json.Unmarshal([]byte(text), &given); err != nil {
		return fmt.Errorf("reading kubeClientSettings: %w", err)
	}
	if given.Burst != nil {
		s.burst = int(*given.Burst)
	}
	if given.QPS != nil {
		s.queriesPerSecond = float32(*given.QPS)
	}
	if given.Timeout != nil {
		s.timeout = time.Duration(*given.Timeout) * time.Second
	}
	return nil
}

// asTexts returns every argument as text, with JSON for those that are not.
func asTexts(arguments resource.PropertyMap) (map[string]string, error) {
	texts := make(map[string]string, len(arguments))
	for key, value := range withoutSecrets(arguments) {
		if value.IsString() {
			texts[string(key)] = value.StringValue()
			continue
		}
		written, err := json.Marshal(value.Mappable())
		if err != nil {
			return nil, fmt.Errorf("reading the provider argument %s: %w", key, err)
		}
		texts[string(key)] = string(written)
	}
	return texts, nil
}

// number is a JSON number, or a string with one, as configuration by environment variables has it.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	plain := string(text)
	if quoted, err := strconv.Unquote(plain); err == nil {
		plain = quoted
	}
	value, err := strconv.ParseFloat(plain, 64)
	*n = number(value)
	return err
}
