package spec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// holder is a process that mounts a volume of the environment.
type holder struct {
	path string
	pods Pods
	// most is the highest number of its pods outside a rollout; strategy is empty for Jobs.
	most      int
	strategy  Strategy
	resources Resources
}

// processesWithPods lists every process that runs.
func (e *Environment) processesWithPods() []holder {
	all := []holder{
		{path: "release", pods: e.Release.Pods, most: 1, resources: e.Release.Resources},
		{path: "web", pods: e.Web.Pods, most: e.Web.MostPods(), strategy: e.Web.Strategy, resources: e.Web.Resources},
	}
	for _, step := range e.ReleaseSteps() {
		if step.Path != "release" && len(step.own.Volumes) > 0 {
			all = append(all, holder{path: step.Path, pods: step.Pods, most: 1, resources: step.Resources})
		}
	}
	if e.Beat.Enabled {
		all = append(all, holder{path: "beat", pods: e.Beat.Pods, most: 1, strategy: Recreate, resources: e.Beat.Resources})
	}
	if e.Shell.Enabled {
		all = append(all, holder{path: "shell", pods: e.Shell.Pods, most: 1, resources: e.Shell.Resources})
	}
	for i, w := range e.Workers {
		all = append(all, holder{path: indexed("workers", i), pods: w.Pods, most: w.MostPods(), strategy: w.Strategy, resources: w.Resources})
	}
	for i, p := range e.Processes {
		all = append(all, holder{path: indexed("processes", i), pods: p.Pods, most: p.MostPods(), strategy: p.Strategy, resources: p.Resources})
	}
	for i, c := range e.Cron {
		all = append(all, holder{path: indexed("cron", i), pods: c.Pods, most: 1, resources: c.Resources})
	}
	return all
}

// holders lists the processes that mount a volume of the environment.
func (e *Environment) holders(name string) []holder {
	return slices.DeleteFunc(e.processesWithPods(), func(h holder) bool {
		return !slices.ContainsFunc(h.pods.Volumes, func(v MountedVolume) bool { return v.Source == EnvironmentVolume && v.From == name })
	})
}

// checkOwnVolumes reports volumes of the environment that no cluster gives, or under which
// processes would wait for each other.
func (e *Environment) checkOwnVolumes(problems *Problems) {
	seen := map[string]int{}
	for i, volume := range e.Volumes {
		at := indexed("volumes", i)
		if first, twice := seen[volume.Name]; twice {
			problems.add(at+".name", volume.Name, "is the name of volumes[%d] already", first)
			continue
		}
		seen[volume.Name] = i
		e.checkClaim(problems, at, volume)
		e.checkHolders(problems, at, volume)
	}
	e.checkStrategies(problems)
}

func (e *Environment) checkClaim(problems *Problems, at string, volume OwnVolume) {
	checkName(problems, at+".storageClassName", volume.StorageClassName)
	checkName(problems, at+".claimName", volume.ClaimName)
	if !volume.Created() {
		if volume.Size != "" {
			problems.add(at+".size", string(volume.Size), "would be ignored, because %s.claimName names a claim that exists", at)
		}
		if volume.StorageClassName != "" {
			problems.add(at+".storageClassName", volume.StorageClassName, "would be ignored, because %s.claimName names a claim that exists", at)
		}
		return
	}
	if volume.Size == "" {
		problems.add(at+".size", nil, "is required, for instance 10Gi: it can grow later but not shrink; or name an existing claim in %s.claimName", at)
	} else {
		atLeast(problems, at+".size", volume.Size, "1Mi")
	}
	e.checkShared(problems, at, volume)
}

// checkShared reports a ReadWriteMany volume of a class that has none. The clouds' disks belong
// to one node at a time, and so does what most clusters have as their default class.
func (e *Environment) checkShared(problems *Problems, at string, volume OwnVolume) {
	if volume.AccessMode != ReadWriteMany {
		return
	}
	class := volume.StorageClassName
	switch {
	case e.CreatesCluster() && (class == "" || slices.Contains(e.storageClasses(), class)):
		problems.add(at+".accessMode", string(ReadWriteMany), "needs a shared file system, and the disks of this cluster belong to one node at a time: set ReadWriteOnce, which puts the processes on one node, or install a class of a shared file system (%s) and name it in %s.storageClassName together with prepared: on; uploaded files also fit media.store bucket", e.sharedFileSystem(), at)
	case class == "":
		problems.add(at+".accessMode", string(ReadWriteMany), "needs a storage class of a shared file system, which the default class of a cluster rarely is: name one in %s.storageClassName (kubectl get storageclass lists them), or set ReadWriteOnce, which puts the processes on one node", at)
	}
}

// sharedFileSystem names the file system that a cloud's clusters can mount on many nodes.
func (e *Environment) sharedFileSystem() string {
	if e.Cloud == AWSCloud {
		return "EFS"
	}
	return "Filestore"
}

// checkHolders reports processes that cannot mount a volume together.
func (e *Environment) checkHolders(problems *Problems, at string, volume OwnVolume) {
	holders := e.holders(volume.Name)
	e.checkFileGroups(problems, volume, holders)
	if !volume.OnOneNode() {
		return
	}
	if volume.AccessMode == ReadWriteOncePod {
		e.checkSinglePod(problems, at, holders)
	}
	for _, h := range holders {
		first := holders[0]
		checkSamePlace(problems, volume, first, h)
		if e.Tier == Production && h.path == "web" && h.most > 1 {
			problems.add(at+".accessMode", string(volume.AccessMode), "puts all %d web pods on one node, whose loss stops the app: set web.replicas to 1 if that is what you want, or ReadWriteMany with a storage class of a shared file system", h.most)
		}
	}
	e.checkTogether(problems, at, volume, holders)
}

// checkSinglePod reports what would hold a volume of one pod twice: another process, a second
// pod, and commands of the release, of which some run beside others.
func (e *Environment) checkSinglePod(problems *Problems, at string, holders []holder) {
	var paths []string
	for _, h := range holders {
		paths = append(paths, h.path)
		if h.most > 1 {
			problems.add(at+".accessMode", string(ReadWriteOncePod), "lets one pod mount the volume, and %s has up to %d: the others would never start; set ReadWriteOnce, or one pod", h.path, h.most)
		}
	}
	if len(paths) > 1 || slices.Contains(paths, "release") {
		problems.add(at+".accessMode", string(ReadWriteOncePod), "lets one pod mount the volume, and %s would wait for each other without end; set ReadWriteOnce", strings.Join(paths, ", "))
	}
}

// checkSamePlace reports a process whose pods may not run on the node of another that holds the
// same volume. Either of them may come first and choose the node.
func checkSamePlace(problems *Problems, volume OwnVolume, first, other holder) {
	refuse := func(field string, a, b any) {
		if !reflect.DeepEqual(a, b) && (reflect.ValueOf(a).Len() > 0 || reflect.ValueOf(b).Len() > 0) {
			problems.add(other.path+"."+field, nil, "must be that of %s: both mount the volume %s, which is %s, so they run on the same node, and the one that starts first chooses it", first.path, volume.Name, volume.AccessMode)
		}
	}
	refuse("nodePool", first.pods.NodePool, other.pods.NodePool)
	refuse("nodeSelector", first.pods.NodeSelector, other.pods.NodeSelector)
	refuse("tolerations", first.pods.Tolerations, other.pods.Tolerations)
	refuse("nodeAffinity", first.pods.NodeAffinity, other.pods.NodeAffinity)
	for i, term := range other.pods.PodAntiAffinity {
		if term.Weight == 0 {
			problems.add(indexed(other.path+".podAntiAffinity", i), nil, "may keep pods apart that the volume %s, which is %s, puts on the same node: give the term a weight, which makes it a preference, or set ReadWriteMany", volume.Name, volume.AccessMode)
		}
	}
	for i, term := range other.pods.PodAffinity {
		if term.Weight == 0 {
			problems.add(indexed(other.path+".podAffinity", i), nil, "may choose another node than the volume %s, which is %s, does: give the term a weight, which makes it a preference", volume.Name, volume.AccessMode)
		}
	}
}

// checkGroups reports processes that write to one volume as different groups: the kubelet gives
// the volume to the group of the pod that mounts it last.
func (e *Environment) checkFileGroups(problems *Problems, volume OwnVolume, holders []holder) {
	for _, h := range holders {
		first := e.SecurityOf(holders[0].pods).FSGroup
		if own := e.SecurityOf(h.pods).FSGroup; !reflect.DeepEqual(own, first) {
			problems.add(h.path+".fsGroup", nil, "must be that of %s, since both mount the volume %s: it belongs to one group, here %s and there %s", holders[0].path, volume.Name, group(own), group(first))
		}
	}
}

func group(id *int) string {
	if id == nil {
		return "that of the image or platform"
	}
	return fmt.Sprint(*id)
}

// checkTogether reports pods that run on one node of known size and do not fit there together. The
// release's commands run beside the pods of the version before.
func (e *Environment) checkTogether(problems *Problems, at string, volume OwnVolume, holders []holder) {
	if !e.CreatesCluster() || e.Cluster.Mode != NodesMode {
		return
	}
	var cpu, memory, stepCPU, stepMemory resource.Quantity
	for _, h := range holders {
		ownCPU, ownMemory := h.requests()
		if strings.HasPrefix(h.path, "release") {
			stepCPU, stepMemory = larger(stepCPU, ownCPU), larger(stepMemory, ownMemory)
			continue
		}
		cpu.Add(ownCPU)
		memory.Add(ownMemory)
	}
	cpu.Add(stepCPU)
	memory.Add(stepMemory)
	nodes := e.nodesOf(holders[0].pods.NodePool)
	if cpu.Cmp(*resource.NewQuantity(int64(nodes.CPU), resource.DecimalSI)) > 0 {
		problems.add(at+".accessMode", string(volume.AccessMode), "puts pods on one node that ask for %s CPU together; a node of %s.cpu has %d: ask for less, or set ReadWriteMany", cpu.String(), nodes.path, nodes.CPU)
	}
	if most, err := resource.ParseQuantity(string(nodes.Memory)); err == nil && memory.Cmp(most) > 0 {
		problems.add(at+".accessMode", string(volume.AccessMode), "puts pods on one node that ask for %s of memory together; a node of %s.memory has %s: ask for less, or set ReadWriteMany", memory.String(), nodes.path, nodes.Memory)
	}
}

// requests are what all pods of a process ask for together.
func (h holder) requests() (cpu, memory resource.Quantity) {
	for _, r := range append(sidecarsOf(h.pods), h.resources) {
		for range h.most {
			add(&cpu, r.CPU)
			add(&memory, r.Memory)
		}
	}
	return cpu, memory
}

func larger(a, b resource.Quantity) resource.Quantity {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}

func sidecarsOf(pods Pods) []Resources {
	var all []Resources
	for _, sidecar := range pods.Sidecars {
		all = append(all, sidecar.Resources)
	}
	return all
}

func add(sum *resource.Quantity, amount Quantity) {
	if parsed, err := resource.ParseQuantity(string(amount)); err == nil {
		sum.Add(parsed)
	}
}

// checkStrategies reports rolling updates of processes that hold a volume of one node.
func (e *Environment) checkStrategies(problems *Problems) {
	for _, h := range e.processesWithPods() {
		held := e.onOneNode(h.pods)
		if h.strategy == RollingUpdate && held != "" {
			problems.add(h.path+".strategy", string(RollingUpdate), "may never end: new pods can only start on the node of the old ones, because the %s belongs to one node, and it may not hold both; leave %s.strategy out, which stops the old pods first, or set ReadWriteMany with a storage class of a shared file system", held, h.path)
		}
	}
}

// checkMount reports a mount of a volume that the environment does not have.
func (e *Environment) checkMount(problems *Problems, at string, mount MountedVolume) {
	if mount.Source != EnvironmentVolume || mount.From == "" || e.OwnVolume(mount.From) != nil {
		return
	}
	names := make([]string, 0, len(e.Volumes))
	for _, volume := range e.Volumes {
		names = append(names, volume.Name)
	}
	known := strings.Join(names, ", ")
	if known == "" {
		known = "none"
	}
	near := ""
	if closest := nearest(mount.From, names); closest != "" {
		near = fmt.Sprintf("; did you mean %s?", closest)
	}
	problems.add(at+".from", mount.From, "is not the name of a volume in volumes, which are: %s%s; an existing claim has source persistentVolumeClaim", known, near)
}
