package emulators

import pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

// DiffKind returns the engine's kind of a changed property: added, removed or updated, and whether it forces a
// replacement.
func DiffKind(added, removed, replaces bool) pulumirpc.PropertyDiff_Kind {
	kinds := [3]pulumirpc.PropertyDiff_Kind{
		pulumirpc.PropertyDiff_ADD, pulumirpc.PropertyDiff_DELETE, pulumirpc.PropertyDiff_UPDATE,
	}
	if replaces {
		kinds = [3]pulumirpc.PropertyDiff_Kind{
			pulumirpc.PropertyDiff_ADD_REPLACE, pulumirpc.PropertyDiff_DELETE_REPLACE,
			pulumirpc.PropertyDiff_UPDATE_REPLACE,
		}
	}
	switch {
	case added:
		return kinds[0]
	case removed:
		return kinds[1]
	}
	return kinds[2]
}
