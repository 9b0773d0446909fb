package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// SecretType is the type of a Secret, which decides about the entries that it must have
// (https://kubernetes.io/docs/concepts/configuration/secret/#secret-types).
type SecretType string

// An OpaqueSecret has any entries. A DockerConfigSecret holds credentials of a registry, and a
// TLSSecret a certificate with its key.
const (
	OpaqueSecret       SecretType = "Opaque"
	DockerConfigSecret SecretType = "kubernetes.io/dockerconfigjson"
	TLSSecret          SecretType = "kubernetes.io/tls"
)

// OwnSecret is a Secret that the environment creates. Each version of its entries is another,
// immutable object, so that a change restarts the processes that use it, and no other.
type OwnSecret struct {
	// Name by which secretKeyRefs, envFrom, volumes, app.imagePullSecrets and web.ingress.tlsSecretName refer to it. The object's name has more characters.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,38}[a-z0-9])?$"`
	// Type of the Secret.
	Type SecretType `json:"type,omitempty" jsonschema:"enum=Opaque,enum=kubernetes.io/dockerconfigjson,enum=kubernetes.io/tls"`
	// The entries by their keys; set each with djangostack config secret. $(process:NAME.url) is replaced as in app.env.
	Entries map[string]string `json:"entries,omitempty" secret:"true"`
	// Entries that the environment composes, by their keys, for instance configuration files: texts in which $(value:database.password) is replaced by a value of the environment contract, $(secret:NAME.KEY) by an entry of one of secrets, and $(process:NAME.url) by the address of a process. The value is written as it is, without quotes. $$(value:database.password) stays as text.
	Templates map[string]string `json:"templates,omitempty"`
	// Entries that the environment generates, by their keys. A value is generated once, stays the same over all updates, and is kept in Pulumi's state, encrypted. Another kind, length, alphabet, size or generation would be another value: a protected environment refuses it, since what was encrypted or signed with the value is lost, unless allowDataLoss has secrets.
	Generate map[string]GeneratedValue `json:"generate,omitempty"`
}

// UnmarshalJSON fills in the defaults of a Secret before decoding it.
func (s *OwnSecret) UnmarshalJSON(raw []byte) error {
	type plain OwnSecret
	secret := plain{Type: OpaqueSecret}
	if err := json.Unmarshal(raw, &secret); err != nil {
		return fmt.Errorf("decoding a Secret of the environment: %w", err)
	}
	*s = OwnSecret(secret)
	return nil
}

// OwnConfigMap is a ConfigMap that the environment creates. Each version of its entries is
// another, immutable object, so that a change restarts the processes that use it, and no other.
type OwnConfigMap struct {
	// Name by which envFrom and volumes refer to it. The object's name has more characters.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,38}[a-z0-9])?$"`
	// The entries by their keys. $(process:NAME.url) is replaced as in app.env.
	Entries map[string]string `json:"entries"`
}

// OwnSecret returns the environment's Secret of a name, or nil.
func (e *Environment) OwnSecret(name string) *OwnSecret {
	for i := range e.Secrets {
		if e.Secrets[i].Name == name {
			return &e.Secrets[i]
		}
	}
	return nil
}

// OwnConfigMap returns the environment's ConfigMap of a name, or nil.
func (e *Environment) OwnConfigMap(name string) *OwnConfigMap {
	for i := range e.ConfigMaps {
		if e.ConfigMaps[i].Name == name {
			return &e.ConfigMaps[i]
		}
	}
	return nil
}

// dockerConfigKey is the entry of a DockerConfigSecret, which the API server reads as JSON.
const dockerConfigKey = ".dockerconfigjson"

// requiredEntries are the entries that the API server asks for in a Secret of a type.
func (t SecretType) requiredEntries() []string {
	switch t {
	case DockerConfigSecret:
		return []string{dockerConfigKey}
	case TLSSecret:
		return []string{"tls.crt", "tls.key"}
	default:
		return nil
	}
}

// checkOwnObjects reports Secrets and ConfigMaps of the environment that the API server
// refuses, and references to what they do not have.
func (e *Environment) checkOwnObjects(problems *Problems) {
	seen := map[string]string{}
	for i, secret := range e.Secrets {
		at := indexed("secrets", i)
		checkOnce(problems, seen, "Secret "+secret.Name, secret.Name, at)
		checkKeys(problems, at+".entries", keys(secret.Entries))
		secret.checkGenerated(problems, at)
		checkEntries(problems, at, secret.all())
		for _, key := range secret.Type.requiredEntries() {
			if secret.Entries[key] == "" && secret.Templates[key] == "" {
				problems.add(at+".entries."+key, nil, "is required with %s.type %s", at, secret.Type)
			}
			if text := secret.Entries[key]; key == dockerConfigKey && text != "" && !json.Valid([]byte(text)) {
				problems.add(at+".entries."+key, nil, `is not JSON, such as {"auths": {"registry.example.com": {"username": "…", "password": "…"}}}`)
			}
		}
	}
	for i, configMap := range e.ConfigMaps {
		at := indexed("configMaps", i)
		checkOnce(problems, seen, "ConfigMap "+configMap.Name, configMap.Name, at)
		checkKeys(problems, at+".entries", keys(configMap.Entries))
		checkEntries(problems, at, configMap.Entries)
	}
	e.checkTemplates(problems)
	e.checkUses(problems)
}

func checkOnce(problems *Problems, seen map[string]string, object, name, at string) {
	if first := seen[object]; first != "" {
		problems.add(at+".name", name, "is the name of %s already", first)
	}
	seen[object] = at
}

func checkKeys(problems *Problems, at string, names []string) {
	for _, key := range names {
		if len(validation.IsConfigMapKey(key)) > 0 {
			problems.add(at+"."+maskedStep(key), nil, "is no key of an object: letters, digits, dots, hyphens and underscores, at most %d characters", validation.DNS1123SubdomainMaxLength)
		}
	}
}

func checkEntries(problems *Problems, at string, entries map[string]string) {
	if len(entries) == 0 {
		problems.add(at+".entries", nil, "is required: the keys and their values")
	}
	size := 0
	for _, key := range keys(entries) {
		size += len(key) + len(entries[key])
	}
	if size > mostData-ownData {
		problems.add(at+".entries", nil, "may have %d bytes together with their keys, has %d", mostData-ownData, size)
	}
}

// checkUses reports references to entries that an object of the environment does not have,
// and objects of a type that does not fit.
func (e *Environment) checkUses(problems *Problems) {
	e.checkRefs(problems, "app", e.App.SecretKeyRefs)
	for i, name := range e.App.ImagePullSecrets {
		e.checkType(problems, indexed("app.imagePullSecrets", i), name, DockerConfigSecret)
	}
	if e.Web.Ingress != nil {
		e.checkType(problems, "web.ingress.tlsSecretName", e.Web.Ingress.TLSSecretName, TLSSecret)
	}
	for _, process := range e.podsByPath() {
		e.checkRefs(problems, process.path, process.pods.SecretKeyRefs)
		e.checkEnvFrom(problems, process.path, process.pods.EnvFrom)
		containers := process.containers()
		for _, path := range sortedNames(containers) {
			for i, container := range containers[path] {
				e.checkRefs(problems, indexed(path, i), container.SecretKeyRefs)
				e.checkEnvFrom(problems, indexed(path, i), container.EnvFrom)
			}
		}
		for i, volume := range process.pods.Volumes {
			e.checkEntry(problems, indexed(process.path+".volumes", i), volume)
		}
	}
}

func (e *Environment) checkRefs(problems *Problems, path string, refs map[string]SecretKeyRef) {
	for _, name := range sortedNames(refs) {
		e.checkKey(problems, path+".secretKeyRefs."+name+".key", refs[name])
	}
}

// checkKey reports an entry that a Secret of the environment does not have.
func (e *Environment) checkKey(problems *Problems, path string, ref SecretKeyRef) {
	if own := e.OwnSecret(ref.Name); own != nil && !slices.Contains(own.keys(), ref.Key) {
		problems.add(path, ref.Key, "is not an entry of the Secret %s in secrets, which has %s", own.Name, strings.Join(own.keys(), ", "))
	}
}

// checkEnvFrom reports entries that are no variables: the kubelet leaves them out without a
// word.
func (e *Environment) checkEnvFrom(problems *Problems, path string, from []EnvFrom) {
	for i, source := range from {
		var entries map[string]string
		if own := e.OwnSecret(source.Secret); source.Secret != "" && own != nil {
			entries = own.all()
		}
		if own := e.OwnConfigMap(source.ConfigMap); source.ConfigMap != "" && own != nil {
			entries = own.Entries
		}
		for _, key := range keys(entries) {
			if !variableName.MatchString(source.Prefix + key) {
				problems.add(indexed(path+".envFrom", i), nil, "has the entry %s, which is no variable name: rename it, or mount it as a file (volumes)", maskedStep(key))
			}
		}
	}
}

func (e *Environment) checkType(problems *Problems, path, name string, wanted SecretType) {
	if own := e.OwnSecret(name); own != nil && own.Type != wanted {
		problems.add(path, name, "needs a Secret of type %s; that of secrets is %s", wanted, own.Type)
	}
}

// checkEntry reports a subPath that is no entry of the object in a volume.
func (e *Environment) checkEntry(problems *Problems, at string, volume MountedVolume) {
	var entries map[string]string
	if own := e.OwnSecret(volume.From); volume.Source == SecretVolume && own != nil {
		entries = own.all()
	}
	if own := e.OwnConfigMap(volume.From); volume.Source == ConfigMapVolume && own != nil {
		entries = own.Entries
	}
	if names := keys(entries); volume.SubPath != "" && len(names) > 0 && !slices.Contains(names, volume.SubPath) {
		problems.add(at+".subPath", volume.SubPath, "is not an entry of %s, which has %s", volume.From, strings.Join(names, ", "))
	}
}
