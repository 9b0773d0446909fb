package kubernetes

import (
	"errors"
	"fmt"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// unready is the error of an object that exists and did not become ready.
type unready struct {
	headline string
	reasons  []string
}

func (u *unready) Error() string {
	return strings.Join(append([]string{u.headline}, u.reasons...), "\n  * ")
}

// partial tells the engine that the object exists and is not ready. The engine keeps it in the state, and the next
// update tries again.
func partial(id string, cause *unready, state, inputs *structpb.Struct) error {
	failed := status.New(codes.Unknown, cause.Error())
	detailed, err := failed.WithDetails(&pulumirpc.ErrorResourceInitFailed{
		Id: id, Properties: state, Inputs: inputs, Reasons: append([]string{cause.headline}, cause.reasons...),
	})
	if err != nil {
		return failed.Err()
	}
	return detailed.Err()
}

// explain turns an error of the API server into one that says what is wrong and what to do.
func explain(what string, o object, err error) error {
	kind := o.kind()
	where := fmt.Sprintf("%s %s", kind.Kind, id(o.namespace(), o.name()))
	switch {
	case meta.IsNoMatchError(err):
		return fmt.Errorf("%s %s: the cluster has no kind %s in %s; install its definition first, "+
			"or make this resource depend on it", what, where, kind.Kind, kind.GroupVersion())
	case apierrors.IsConflict(err) && len(conflicts(err)) > 0:
		return fmt.Errorf("%s %s: other managers own fields that this program sets:\n%s\n"+
			"Have the other manager give them up, or take them out of the program",
			what, where, strings.Join(conflicts(err), "\n"))
	case apierrors.IsInvalid(err) && strings.Contains(err.Error(), "immutable"):
		return fmt.Errorf("%s %s: %s\nAn immutable field was changed: undo the change, or replace the object "+
			"with the resource option replaceOnChanges", what, where, plainMessage(err))
	}
	return fmt.Errorf("%s %s: %s", what, where, plainMessage(err))
}

// conflicts returns the fields that another manager owns, with its name.
func conflicts(err error) []string {
	var refused *apierrors.StatusError
	if !errors.As(err, &refused) || refused.ErrStatus.Details == nil {
		return nil
	}
	var lines []string
	for _, cause := range refused.ErrStatus.Details.Causes {
		if cause.Type == metav1.CauseTypeFieldManagerConflict {
			manager := strings.TrimPrefix(cause.Message, "conflict with ")
			lines = append(lines, fmt.Sprintf("  %s is managed by %s", cause.Field, manager))
		}
	}
	return lines
}

// plainMessage returns the server's message, or the error itself if it did not come from the server.
func plainMessage(err error) string {
	var refused *apierrors.StatusError
	if errors.As(err, &refused) && refused.ErrStatus.Message != "" {
		return refused.ErrStatus.Message
	}
	return err.Error()
}
