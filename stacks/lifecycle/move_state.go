package lifecycle

import (
	"maps"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec"
)

// recorded is the environment of the last update. Pulumi may write the outputs of a stack, and with them the record,
// before an update fails. How far the move of a database is, is what the Job of its last step says: the app does not
// use a server that no Job has copied to.
func (s stackState) recorded() map[string]any {
	environment := s.exports.record.Environment
	database, _ := environment["database"].(map[string]any)
	move, _ := database["move"].(map[string]any)
	said, _ := move["step"].(string)
	reached := s.movedTo()
	if reached == "" || said == "" || said == string(reached) || said == string(spec.DiscardMove) {
		return environment
	}
	// A Job that is replaced later may fail while the app uses the new server.
	if said == string(spec.KeepMove) && !s.isStopped() {
		return environment
	}
	environment, database, move = maps.Clone(environment), maps.Clone(database), maps.Clone(move)
	move["step"] = string(reached)
	if (said == string(spec.KeepMove)) != (reached == spec.KeepMove) {
		swapServers(database, move, reached)
	}
	database["move"], environment["database"] = move, database
	return environment
}

// swapServers makes the other server of a move that of the app, which it is at a step.
func swapServers(database, move map[string]any, step spec.MoveStep) {
	database["kind"], move["other"] = move["other"], database["kind"]
	image, upgrades := move["image"]
	if !upgrades {
		return
	}
	generation, stated := database["generation"].(float64)
	if !stated {
		generation = 1
	}
	database["generation"] = float64(step.Generation(int(generation)))
	database["image"], move["image"] = image, database["image"]
}

// movedTo is the last step of a move whose Job has succeeded; empty without a Job.
func (s stackState) movedTo() spec.MoveStep {
	before := map[spec.MoveStep]spec.MoveStep{spec.BackMove: spec.KeepMove, spec.KeepMove: spec.CopyMove, spec.CopyMove: spec.PrepareMove, spec.PrepareMove: spec.PrepareMove}
	for _, resource := range s.resources {
		if resource.Type != "kubernetes:batch/v1:Job" || !strings.HasSuffix(resource.URN, "-database-move-step") || resource.Delete {
			continue
		}
		step := spec.MoveStep(stepIn(resource.Inputs))
		if len(resource.InitErrors) > 0 {
			step = before[step]
		}
		return step
	}
	return ""
}

// isStopped reports whether the web processes have no pods, as from the step copy on until the Job of keep has succeeded.
func (s stackState) isStopped() bool {
	for _, resource := range s.resources {
		if resource.Type != "kubernetes:apps/v1:Deployment" || !strings.HasSuffix(resource.URN, "-web") || resource.Delete {
			continue
		}
		var web struct {
			Spec struct {
				Replicas *int `json:"replicas"`
			} `json:"spec"`
		}
		err := convert(resource.Inputs, &web)
		return err == nil && web.Spec.Replicas != nil && *web.Spec.Replicas == 0
	}
	return false
}

// stepIn is the step of a Job of a move, which it is told in a variable.
func stepIn(inputs map[string]any) string {
	var job struct {
		Spec struct {
			Template struct {
				Spec struct {
					Containers []struct {
						Env []struct {
							Name  string `json:"name"`
							Value any    `json:"value"`
						} `json:"env"`
					} `json:"containers"`
				} `json:"spec"`
			} `json:"template"`
		} `json:"spec"`
	}
	if err := convert(inputs, &job); err != nil {
		return ""
	}
	for _, container := range job.Spec.Template.Spec.Containers {
		for _, variable := range container.Env {
			if step, isText := variable.Value.(string); isText && variable.Name == "MOVE_STEP" {
				return step
			}
		}
	}
	return ""
}
