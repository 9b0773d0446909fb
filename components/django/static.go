package django

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// StaticStore says where collected static files are stored.
type StaticStore string

// Each web pod collects the files as it starts; or a release command collects them into a
// volume that the web pods share, or into a bucket; or the image contains them.
const (
	StaticInPod    StaticStore = "pod"
	StaticInVolume StaticStore = "volume"
	StaticInImage  StaticStore = "image"
	StaticInBucket StaticStore = "bucket"
)

// Static says where the static files are stored.
type Static struct {
	Store StaticStore
	// Root is the folder of collected files (STATIC_ROOT).
	Root string
	// Claim is the name of the claim of the shared volume; only with StaticInVolume.
	Claim pulumi.StringInput
	// Collect is the command that collects them.
	Collect []string
	// Before and After are commands that write further files into Root in each web pod, before
	// and after the files are collected; with StaticInPod.
	Before, After []Command
}

// collectPart is the name of the container that collects the files.
const collectPart = "collectstatic"

func (s Static) check(component string) error {
	if s.Store != StaticInPod && len(s.Before)+len(s.After) > 0 {
		return fmt.Errorf("%s: Static.Before and Static.After go with Static.Store %q, not with %q", component, StaticInPod, s.Store)
	}
	switch s.Store {
	case StaticInImage:
		return nil
	case StaticInBucket:
		if len(s.Collect) == 0 || s.Claim != nil {
			return fmt.Errorf("%s: with Static.Store %q Static.Collect is required, and Static.Claim has no meaning", component, s.Store)
		}
		return nil
	case StaticInPod, StaticInVolume:
		if s.Root == "" || len(s.Collect) == 0 {
			return fmt.Errorf("%s: Static.Root and Static.Collect are required with Static.Store %q", component, s.Store)
		}
		if (s.Store == StaticInVolume) != (s.Claim != nil) {
			return fmt.Errorf("%s: Static.Claim goes with Static.Store %q and no other, not with %q", component, StaticInVolume, s.Store)
		}
		return nil
	default:
		return fmt.Errorf("%s: Static.Store is %q; allowed are %q, %q, %q and %q", component, s.Store, StaticInPod, StaticInVolume, StaticInImage, StaticInBucket)
	}
}

// collected reports whether a release command collects the files.
func (s Static) collected() bool {
	return s.Store == StaticInVolume || s.Store == StaticInBucket
}

// volumes returns the volume of the files. Only the process that collects them may write to
// it.
func (s Static) volumes(readOnly bool) []pod.Volume {
	if s.Store == StaticInImage || s.Store == StaticInBucket {
		return nil
	}
	return []pod.Volume{{Name: "static", Path: s.Root, Claim: s.Claim, ReadOnly: readOnly}}
}
