package django

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/authority"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/pod"
)

// files registers the ConfigMaps of the files and of the certificates.
func (a *SettingsArgs) files(ctx *pulumi.Context, name string, metadata metav1.ObjectMetaArgs, s *Settings) error {
	if len(a.Files) > 0 {
		data := pulumi.StringMap{}
		s.Environment.Paths = map[string]string{}
		for i, file := range sortedKeys(a.Files) {
			// A key has no slashes. The number distinguishes two files with the same base
			// name.
			key := strconv.Itoa(i) + "-" + path.Base(file)
			data[key] = pulumi.String(a.Files[file])
			s.Environment.Paths[key] = file
		}
		files, err := configMap(ctx, name+"-files", metadata, data, s)
		if err != nil {
			return err
		}
		s.Environment.Files = files
	}
	if len(a.Authorities) == 0 {
		return nil
	}
	authorities, err := configMap(ctx, name+"-authorities", metadata, a.certificates(), s)
	s.Environment.Authorities = authorities
	return err
}

// certificates are the files of AuthorityFolder by name.
func (a *SettingsArgs) certificates() pulumi.StringMapInput {
	files := pulumi.StringMap(a.Authorities)
	if !a.HashedAuthorities {
		return files
	}
	return files.ToStringMapOutput().ApplyT(func(files map[string]string) (map[string]string, error) {
		hashed, err := authority.Hashed(slices.Collect(maps.Values(files))...)
		if err != nil {
			return nil, err
		}
		maps.Copy(hashed, files)
		return hashed, nil
	}).(pulumi.StringMapOutput)
}

func configMap(ctx *pulumi.Context, name string, metadata metav1.ObjectMetaArgs, data pulumi.StringMapInput, parent pulumi.Resource) (pulumi.StringInput, error) {
	created, err := corev1.NewConfigMap(ctx, name, &corev1.ConfigMapArgs{
		Metadata:  metadata,
		Immutable: pulumi.Bool(true),
		Data:      data,
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the ConfigMap %s: %w", name, err)
	}
	return created.Metadata.Name().Elem(), nil
}

// volumes are the volumes of every process: /tmp, because the root file system is
// read-only, the app's files, and the certificates of private authorities.
func (e Environment) volumes() []pod.Volume {
	volumes := []pod.Volume{{Name: "tmp", Path: "/tmp"}}
	if e.Files != nil {
		files := pod.Volume{Name: "files", ReadOnly: true, ConfigMap: e.Files}
		for _, key := range sortedKeys(e.Paths) {
			files.Files = append(files.Files, pod.File{Key: key, Path: e.Paths[key]})
		}
		volumes = append(volumes, files)
	}
	return append(volumes, e.authorities()...)
}

// authorities is the volume with the certificates of private authorities; empty for none.
func (e Environment) authorities() []pod.Volume {
	if e.Authorities == nil {
		return nil
	}
	return []pod.Volume{{Name: "authority", Path: connection.AuthorityFolder, ReadOnly: true, ConfigMap: e.Authorities}}
}
