package lifecycle

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const workerURN = "urn:pulumi:dev::shop::djangostack:django:Worker$kubernetes:apps/v1:Deployment::worker"

// embedded and published are what the two providers say of a container while they wait.
func embedded(cause string) string {
	return "waiting: 0 of 1 pods ready (pod worker-7d9f-x, container main: " + cause + ")"
}

func published(cause string) string {
	return "[Pod shop/worker-7d9f-x]: containers with unready status: [main][" + strings.Replace(cause, ": ", "] ", 1)
}

func TestWhyAContainerDoesNotStartIsSaidWhileTheProviderWaits(t *testing.T) {
	for cause, want := range map[string]struct{ severity, next string }{
		`RunContainerError: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "celery": executable file not found in $PATH: unknown`: {"warning", "the image has no program celery: correct the command"},
		`RunContainerError: OCI runtime create failed: exec: "/app/run.sh": stat /app/run.sh: no such file or directory: unknown`:                                                                                                                                     {"warning", "the image has no program /app/run.sh"},
		"CreateContainerError: container create failed: executable file `celery` not found in $PATH: No such file or directory":                                                                                                                                       {"warning", "the image has no program celery"},
		`RunContainerError: runc create failed: exec: "/app/run.sh": permission denied: unknown`:                                                                                                                                                                      {"warning", "cannot run /app/run.sh"},
		`CreateContainerError: failed to generate container spec: failed to generate spec: no command specified`:                                                                                                                                                      {"warning", "has no entry point"},
		`CreateContainerConfigError: container has runAsNonRoot and image will run as root (pod: "web", container: main)`:                                                                                                                                             {"warning", "set runAsUser to another user"},
		`CreateContainerConfigError: container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root`:                                                                                                                                 {"warning", "the image's user app"},
		`CreateContainerError: failed to generate container spec: unable to find user app: no matching entries in passwd file`:                                                                                                                                        {"warning", "no such user"},
		`RunContainerError: runc create failed: container init was OOM-killed (memory limit too low?): unknown`:                                                                                                                                                       {"warning", "raise resources.memoryLimit"},
		`RunContainerError: error mounting "/a" to rootfs at "/b": not a directory: Are you trying to mount a directory onto a file (or vice-versa)?`:                                                                                                                 {"warning", "choose another mountPath"},
		`InvalidImageName: couldn't parse image name "shop:1:2"`:                                                                                                                                                                                                      {"warning", "correct the name of the image"},
		`ImagePullBackOff: Back-off pulling image "shop:2": ErrImagePull: no match for platform in manifest: not found`:                                                                                                                                               {"warning", "another processor architecture"},
		`ErrImagePull: failed to pull and unpack image "registry.example.com/shop:2": pull access denied, repository does not exist or may require authorization`:                                                                                                     {"warning", "app.imagePullSecrets"},
		`ErrImagePull: failed to pull and unpack image "registry.example.com/shop:2": registry.example.com/shop:2: not found`:                                                                                                                                         {"info", "push the image"},
		`ErrImageNeverPull: Container image "shop:2" is not present with pull policy of Never`:                                                                                                                                                                        {"info", "load the image onto the node"},
		`CreateContainerConfigError: failed to create subPath directory for volumeMount "media" of container "main"`:                                                                                                                                                  {"info", "create the folder of subPath in the volume media"},
		`CreateContainerConfigError: failed to prepare subPath for volumeMount "media" of container "main"`:                                                                                                                                                           {"info", "mount the subPath of the volume media"},
		`PostStartHookError: Exec lifecycle hook ([sh -c warm]) for Container "main" in Pod "worker-7d9f-x" failed - error: command 'sh -c warm' exited with 127: , message: ""`:                                                                                      {"info", "the postStart hook of the container fails"},
		`FailedPostStartHook: PostStartHook failed`:                                  {"info", "the postStart hook of the container fails"},
		`CreateContainerConfigError: secret "smtp" not found`:                        {"info", "create it, or correct its name"},
		`CreateContainerConfigError: configmap "flags" not found`:                    {"info", "create it, or correct its name"},
		`CreateContainerConfigError: couldn't find key PASSWORD in Secret shop/smtp`: {"info", "add the entry PASSWORD"},
	} {
		for _, message := range []string{embedded(cause), published(cause)} {
			s, out := converted(
				pre(creating(workerURN), false),
				diagnosticEvent(workerURN, "warning", message, true),
				diagnosticEvent(workerURN, "warning", message+" ", true),
				diagnosticEvent(workerURN, "error", "worker is not ready after 10m0s\n  * "+message, false),
				apitype.EngineEvent{ResOpFailedEvent: &apitype.ResOpFailedEvent{Metadata: creating(workerURN)}},
			)
			var said []Event
			for _, event := range out {
				if event.Type == EventDiagnostic && event.Severity != severityError {
					said = append(said, event)
				}
			}
			require.Len(t, said, 1, "once: %s", message)
			assert.Equal(t, want.severity, said[0].Severity, message)
			assert.Contains(t, said[0].Message, "\nnext: ", message)
			assert.Contains(t, said[0].Message, want.next)
			assert.Contains(t, said[0].Message, strings.TrimSpace(message))
			assert.Equal(t, "worker", said[0].Name)
			assert.Contains(t, s.failures[0].Next, want.next)
			failed := UpdateFailedError{Operation: "update", Stack: "dev", Failures: []Failure{*s.failures[0]}}
			assert.Contains(t, failed.Error(), "\n    next: "+s.failures[0].Next)
		}
	}
}

func TestPodsThatOnlyTakeTimeAreNotExplained(t *testing.T) {
	for _, message := range []string{
		"waiting: 0 of 1 pods ready",
		embedded("CreateContainerConfigError: failed to sync secret cache: timed out waiting for the condition"),
		embedded("CreateContainerError: context deadline exceeded"),
		embedded("ErrImagePull: failed to do request: dial tcp: i/o timeout"),
		"waiting: 0 of 1 pods ready (pod worker-7d9f-x, container main: exit code 1: django.db.utils.OperationalError: could not connect)",
	} {
		s, out := converted(pre(creating(workerURN), false), diagnosticEvent(workerURN, "warning", message, true), diagnosticEvent(workerURN, "error", message, false))
		assert.Equal(t, EventProgress, out[1].Type)
		require.Len(t, out, 3, message)
		assert.Empty(t, s.failures[0].Next, message)
	}
	_, out := converted(diagnosticEvent("urn:pulumi:dev::shop::aws:rds/instance:Instance::data", "info", `secret "smtp" not found`, true))
	assert.Len(t, out, 1, "only pods have these causes")
}
