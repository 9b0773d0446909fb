package pod_test

import (
	"fmt"

	"github.com/djangostack/djangostack/components/pod"
)

func ExampleVolumes() {
	volumes := []pod.Volume{{Name: "tmp", Path: "/tmp", Limit: "64Mi"}}
	fmt.Println(len(pod.Volumes(volumes)), len(pod.Mounts(volumes)))
	// Output: 1 1
}
