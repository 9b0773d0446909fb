package spec

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// checkMemoryVolumes reports volumes in memory that are no empty volumes, and those that a
// container cannot fill, because the kernel kills it first.
func (e *Environment) checkMemoryVolumes(problems *Problems) {
	limits := map[string]Quantity{}
	for _, process := range e.processesWithPods() {
		limits[process.path] = process.resources.MemoryLimit
	}
	for _, process := range e.podsByPath() {
		for i, volume := range process.pods.Volumes {
			if volume.Medium == MemoryMedium {
				volume.checkMemory(problems, indexed(process.path+".volumes", i), limits[process.path])
			}
		}
	}
}

func (v *MountedVolume) checkMemory(problems *Problems, at string, limit Quantity) {
	if v.Source != EmptyDir {
		problems.add(at+".medium", string(v.Medium), "would be ignored, because %s.source is not emptyDir", at)
		return
	}
	if v.SizeLimit == "" {
		problems.add(at+".sizeLimit", nil, "is required with %s.medium Memory, for instance 64Mi: what is written there counts towards the memory limit", at)
		return
	}
	size, err := resource.ParseQuantity(string(v.SizeLimit))
	if err != nil || limit == NoLimit || limit == "" {
		return
	}
	if most, err := resource.ParseQuantity(string(limit)); err == nil && v.MountPath != "" && size.Cmp(most) >= 0 {
		process, _, _ := strings.Cut(at, ".volumes")
		problems.add(at+".sizeLimit", string(v.SizeLimit), "must be below %s.resources.memoryLimit, which is %s and of which a volume in memory is a part: the container would be killed before the volume is full", process, limit)
	}
}

// sharedMemoryHint says how a volume can be at the path of shared memory; empty for another path.
func sharedMemoryHint(path, at string) string {
	if path != sharedMemory {
		return ""
	}
	return fmt.Sprintf("; with %s.medium Memory a volume may be at %s", at, sharedMemory)
}
