package spec

// UntaggedImageDays is how long a registry keeps an image without a tag, in days.
const UntaggedImageDays = 14

// Registry is the image registry of an environment.
type Registry struct {
	// none: the images come from elsewhere; create: the stack creates a registry for the app's images, whose address is the output registry; existing: it exists already; stack: another stack has created it.
	Source Source `json:"source,omitempty" jsonschema:"enum=none,enum=create,enum=existing,enum=stack"`
	// The stack that has created it, as organization/project/stack; with source stack.
	Stack string `json:"stack,omitempty" jsonschema:"pattern=^[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*$"`
}

func (r Registry) origin() Origin { return Origin(r) }
