package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/djangostack/djangostack/components/data"
)

// AccessMode says which pods may mount a volume at the same time, in the words of the
// Kubernetes API
// (https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes).
type AccessMode string

// A ReadWriteOnce volume is mounted by the pods of one node, a ReadWriteOncePod volume by one
// pod, and a ReadWriteMany volume by pods of any nodes.
const (
	ReadWriteOnce    AccessMode = "ReadWriteOnce"
	ReadWriteMany    AccessMode = "ReadWriteMany"
	ReadWriteOncePod AccessMode = "ReadWriteOncePod"
)

// OwnVolume is a volume that processes of the environment mount.
type OwnVolume struct {
	// Name of the volume, which volumes of a process with source volume refer to. The claim is named app-volume-name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// Name of an existing claim of the namespace. The environment mounts it, and neither creates, changes nor deletes it.
	ClaimName string `json:"claimName,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$" default:"the environment creates a claim"`
	Volume
	// ReadWriteOnce: the pods of one node mount the volume, so all processes that do run on one node and stop before their new pods start; ReadWriteMany: pods of all nodes mount it, which needs a storage class of a shared file system; ReadWriteOncePod: one pod at a time.
	AccessMode AccessMode `json:"accessMode,omitempty" jsonschema:"enum=ReadWriteOnce,enum=ReadWriteMany,enum=ReadWriteOncePod"`
}

// UnmarshalJSON fills in the defaults of a volume before decoding it.
func (v *OwnVolume) UnmarshalJSON(raw []byte) error {
	type plain OwnVolume
	volume := plain{AccessMode: ReadWriteOnce}
	if err := json.Unmarshal(raw, &volume); err != nil {
		return fmt.Errorf("decoding a volume of the environment: %w", err)
	}
	*v = OwnVolume(volume)
	return nil
}

// Created reports whether the environment creates the volume's claim.
func (v *OwnVolume) Created() bool { return v.ClaimName == "" }

// OnOneNode reports whether all pods that mount the volume run on the same node.
func (v *OwnVolume) OnOneNode() bool { return v.AccessMode != ReadWriteMany }

// OwnVolume returns the volume of a name, or nil.
func (e *Environment) OwnVolume(name string) *OwnVolume {
	i := slices.IndexFunc(e.Volumes, func(v OwnVolume) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return &e.Volumes[i]
}

// HeldInOwnVolume describes the data on a volume. A change of what the claim was created with
// needs another claim.
func (e *Environment) HeldInOwnVolume(volume OwnVolume) data.Held {
	path := "volumes[name=" + volume.Name + "]."
	values := map[string]string{
		path + "accessMode":       string(volume.AccessMode),
		path + "storageClassName": volume.StorageClassName,
	}
	if e.CreatesCluster() {
		values["cluster.mode"] = string(e.Cluster.Mode)
	}
	return data.Held{
		Parts:     []data.Part{data.Volumes},
		Loss:      "the files of the volume " + volume.Name,
		Settings:  e.settingsOf(data.Volumes),
		Immutable: values,
		Protected: e.protects(data.Volumes),
	}
}

// createdVolumes are the names of the volumes whose claims the environment creates.
func (e *Environment) createdVolumes() []string {
	var names []string
	for _, volume := range e.Volumes {
		if volume.Created() {
			names = append(names, volume.Name)
		}
	}
	return names
}

// mounted returns the volumes of the environment that a process mounts, each once.
func (e *Environment) mounted(pods Pods) []*OwnVolume {
	found := map[string]*OwnVolume{}
	for _, mount := range pods.Volumes {
		if volume := e.OwnVolume(mount.From); mount.Source == EnvironmentVolume && volume != nil {
			found[volume.Name] = volume
		}
	}
	var volumes []*OwnVolume
	for _, name := range slices.Sorted(maps.Keys(found)) {
		volumes = append(volumes, found[name])
	}
	return volumes
}

// onOneNode names a volume that binds all pods of a process to one node, as a path; empty for
// none.
func (e *Environment) onOneNode(pods Pods) string {
	for _, volume := range e.mounted(pods) {
		if volume.OnOneNode() {
			return "volume " + volume.Name
		}
	}
	return ""
}

// deriveStrategies makes every process that mounts a volume of one node stop before its new
// pods start: while the old pods run, new ones have no other node than theirs, and that one
// may not hold both.
func (e *Environment) deriveStrategies() {
	choose := func(stated Strategy, pods Pods) Strategy {
		switch {
		case stated != "":
			return stated
		case e.onOneNode(pods) != "":
			return Recreate
		default:
			return RollingUpdate
		}
	}
	e.Web.Strategy = choose(e.Web.Strategy, e.Web.Pods)
	for i := range e.Workers {
		e.Workers[i].Strategy = choose(e.Workers[i].Strategy, e.Workers[i].Pods)
	}
	for i := range e.Processes {
		e.Processes[i].Strategy = choose(e.Processes[i].Strategy, e.Processes[i].Pods)
	}
}
