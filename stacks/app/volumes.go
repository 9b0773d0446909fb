package app

import (
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/stacks/spec"
)

// stored are the volumes, Secrets and ConfigMaps of the environment that processes refer to.
type stored struct {
	// claims are the names of the claims by the names of the volumes.
	claims map[string]pulumi.StringInput
	// generated are the values of the Secrets' generated entries, by the names of the Secrets.
	generated map[string]map[string]pulumi.StringOutput
	objects   django.Objects
}

// newStored registers the volumes and the generated values.
func newStored(ctx *pulumi.Context, environment *spec.Environment, namespace pulumi.StringInput, labels labels.Labels, platform Platform) (stored, error) {
	s := stored{claims: map[string]pulumi.StringInput{}, generated: map[string]map[string]pulumi.StringOutput{}}
	for _, wanted := range environment.Volumes {
		if !wanted.Created() {
			s.claims[wanted.Name] = pulumi.String(wanted.ClaimName)
			continue
		}
		volume, err := kubernetes.NewVolume(ctx, environment.App.Name, &kubernetes.VolumeArgs{
			Name:         wanted.Name,
			Namespace:    namespace,
			Labels:       labels,
			Size:         string(wanted.Size),
			StorageClass: wanted.StorageClassName,
			AccessMode:   string(wanted.AccessMode),
			Data:         environment.HeldInOwnVolume(wanted),
		}, platform.Options...)
		if err != nil {
			return stored{}, err
		}
		s.claims[wanted.Name] = volume.Claim
	}
	for _, secret := range environment.Secrets {
		generated, err := newGenerated(ctx, environment, secret, platform)
		if err != nil {
			return stored{}, err
		}
		s.generated[secret.Name] = generated
	}
	return s, nil
}

// newGenerated registers the values that the environment generates for a Secret, and returns
// them by their keys.
func newGenerated(ctx *pulumi.Context, environment *spec.Environment, secret spec.OwnSecret, platform Platform) (map[string]pulumi.StringOutput, error) {
	values := map[string]pulumi.StringOutput{}
	for _, key := range slices.Sorted(maps.Keys(secret.Generate)) {
		wanted := secret.Generate[key]
		generated, err := kubernetes.NewGenerated(ctx, environment.App.Name, &kubernetes.GeneratedArgs{
			Secret:   secret.Name,
			Key:      key,
			Kind:     kubernetes.GeneratedKind(wanted.Kind),
			Length:   wanted.Length,
			Alphabet: wanted.Alphabet,
			Bits:     wanted.Bits,
			Keepers:  secret.GenerationOf(key),
			Data:     environment.HeldInGenerated(secret, key),
		}, platform.Options...)
		if err != nil {
			return nil, err
		}
		values[key] = generated.Value
	}
	return values, nil
}

// volumes returns the volumes of one process' pods.
func (w wiring) volumes(wanted []spec.MountedVolume) []pod.Volume {
	var out []pod.Volume
	for _, volume := range wanted {
		out = append(out, w.volume(volume, sharedWith(wanted, volume.Name)))
	}
	return out
}

// sharedWith returns the first volume of a process with the claim of another one; empty if that
// is the same, or has no claim.
func sharedWith(volumes []spec.MountedVolume, name string) string {
	first := map[string]string{}
	for _, volume := range volumes {
		if volume.Source != spec.PersistentVolumeClaim && volume.Source != spec.EnvironmentVolume {
			continue
		}
		claim := string(volume.Source) + "/" + volume.From
		if first[claim] == "" {
			first[claim] = volume.Name
		}
		if volume.Name == name && first[claim] != name {
			return spec.PodVolume(first[claim])
		}
	}
	return ""
}

func (w wiring) volume(wanted spec.MountedVolume, of string) pod.Volume {
	v := pod.Volume{Name: spec.PodVolume(wanted.Name), Of: of, Path: wanted.MountPath, SubPath: wanted.SubPath, ReadOnly: wanted.ReadOnly, Mode: mode(wanted.DefaultMode)}
	switch wanted.Source {
	case spec.EnvironmentVolume:
		v.Claim = w.stored.claims[wanted.From]
		if own := w.environment.OwnVolume(wanted.From); own.OnOneNode() {
			v.OneNode = own.Name
		}
	case spec.PersistentVolumeClaim:
		v.Claim = pulumi.String(wanted.From)
	case spec.SecretVolume:
		v.Secret = w.stored.objects.Secret(wanted.From)
	case spec.ConfigMapVolume:
		v.ConfigMap = w.stored.objects.ConfigMap(wanted.From)
	case spec.CSIVolume:
		v.CSI = &pod.CSI{Driver: wanted.Driver, Attributes: wanted.VolumeAttributes}
		if wanted.From != "" {
			v.CSI.Secret = w.stored.objects.Secret(wanted.From)
		}
	case spec.EmptyDir:
		v.Limit = string(wanted.SizeLimit)
		if wanted.Medium == spec.MemoryMedium {
			v.Memory = string(wanted.SizeLimit)
		}
	}
	return v
}

// mode returns permissions in octal notation as a number; 0 for none.
func mode(octal string) int {
	const base, bits = 8, 16
	// The schema allows three octal digits only.
	number, _ := strconv.ParseInt("0"+octal, base, bits)
	return int(number)
}

func affinity(p spec.Pods) pod.Affinity {
	var out pod.Affinity
	for _, term := range p.NodeAffinity {
		out.Nodes = append(out.Nodes, pod.NodeTerm{Key: term.Key, Operator: term.Condition(), Values: term.Values, Weight: term.Weight})
	}
	terms := func(wanted []spec.PodAffinityTerm) []pod.PodTerm {
		var all []pod.PodTerm
		for _, term := range wanted {
			all = append(all, pod.PodTerm{Labels: pulumi.ToStringMap(term.Labels), Topology: term.Near(), Weight: term.Weight})
		}
		return all
	}
	out.Near, out.Apart = terms(p.PodAffinity), terms(p.PodAntiAffinity)
	return out
}
