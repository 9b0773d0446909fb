package lifecycle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

const (
	// recordOutput is the output that holds the record. It is secret, because a program may treat as secret what
	// the configuration has in plain text. Outputs leaves it out.
	recordOutput = "lifecycleRecord"
	// unprotectedOutput is the output that lists the URNs whose protection an operation removed because their
	// loss was allowed. They are in the state in case that operation is killed: the next one still takes them as
	// protected. Outputs leaves it out.
	unprotectedOutput = "lifecycleUnprotected"
	// allowedOutput is the output that says which losses of data were allowed, and when.
	allowedOutput = "allowedDataLoss"
)

// record is what the last update wrote about itself into the outputs of the stack.
type record struct {
	// Environment is the configuration of the last complete update. Secrets and long values are replaced by
	// hashes.
	Environment map[string]any `json:"environment,omitempty"`
	// Providers are those of the last complete update.
	Providers Providers `json:"providers,omitempty"`
}

// Allowance is a loss of data that the configuration or the caller has allowed.
type Allowance struct {
	Time time.Time `json:"time"`
	// Operation is update or destroy.
	Operation string `json:"operation"`
	// Parts of the environment, as in allowDataLoss.
	Parts []string `json:"parts,omitempty"`
	// Resources are the names of the resources that the plan was to delete or replace.
	Resources []string `json:"resources"`
}

// exports are the outputs that this package adds to those of the program.
type exports struct {
	record      record
	unprotected []string
	allowed     []Allowance
}

// export adds the outputs to those of the program. They replace the ones of the last update.
func (e exports) export(ctx *pulumi.Context) error {
	text, err := json.Marshal(e.record)
	if err != nil {
		return fmt.Errorf("recording the update: %w", err)
	}
	ctx.Export(recordOutput, pulumi.ToSecret(pulumi.String(string(text))))
	if len(e.unprotected) > 0 {
		ctx.Export(unprotectedOutput, pulumi.ToStringArray(e.unprotected))
	}
	if len(e.allowed) == 0 {
		return nil
	}
	text, err = json.Marshal(e.allowed)
	if err != nil {
		return fmt.Errorf("recording the allowed loss of data: %w", err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return fmt.Errorf("recording the allowed loss of data: %w", err)
	}
	ctx.Export(allowedOutput, pulumi.Any(plain))
	return nil
}

// readExports reads what an update added to the outputs of a stack. A record that another version wrote in another
// form is left out: only the explanation of a refusal suffers.
func readExports(outputs map[string]any) exports {
	var found exports
	if text, isText := revealed(outputs[recordOutput]).(string); isText {
		if err := json.Unmarshal([]byte(text), &found.record); err != nil {
			found.record = record{}
		}
	}
	if err := convert(outputs[unprotectedOutput], &found.unprotected); err != nil {
		found.unprotected = nil
	}
	if err := convert(outputs[allowedOutput], &found.allowed); err != nil {
		found.allowed = nil
	}
	return found
}

func convert(plain, target any) error {
	text, err := json.Marshal(plain)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}

// revealed returns the value of a secret in an exported state, or the value itself if it is no secret.
func revealed(value any) any {
	wrapper, isMap := value.(map[string]any)
	if !isMap || wrapper[resource.SigKey] != resource.SecretSig {
		return value
	}
	text, _ := wrapper["plaintext"].(string)
	var plain any
	if err := json.Unmarshal([]byte(text), &plain); err != nil {
		return nil
	}
	return plain
}

// The fields of the environment that say which data may be lost.
const (
	allowField      = "allowDataLoss"
	protectionField = "protection"
	disposable      = "disposable"
)

// longestRecorded is the longest text that the record holds in full, in bytes. Longer ones, such as files, are
// replaced by their hash.
const longestRecorded = 200

// recordable returns the environment of a configuration as the record holds it.
func recordable(file *stackfile.File) (map[string]any, error) {
	environment, err := file.MaskedEnvironment(func(encrypted string) string { return maskedHash("secret", encrypted) })
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	shortened, _ := shorten(environment).(map[string]any)
	return shortened, nil
}

func shorten(value any) any {
	switch node := value.(type) {
	case string:
		if len(node) > longestRecorded || strings.Contains(node, "://") && strings.Contains(node, "@") {
			return maskedHash("text", node)
		}
		return node
	case []any:
		short := make([]any, len(node))
		for i, child := range node {
			short[i] = shorten(child)
		}
		return short
	case map[string]any:
		short := make(map[string]any, len(node))
		for name, child := range node {
			short[name] = shorten(child)
		}
		return short
	default:
		return node
	}
}

// maskedHash replaces a value that is not recorded. It changes with the value.
func maskedHash(kind, value string) string {
	const length = 4
	sum := sha256.Sum256([]byte(value))
	return fmt.Sprintf("[%s %s]", kind, hex.EncodeToString(sum[:length]))
}

// isMasked reports whether a recorded value has parts that were replaced by a hash.
func isMasked(value any) bool {
	switch node := value.(type) {
	case string:
		return strings.HasPrefix(node, "[secret ") || strings.HasPrefix(node, "[text ")
	case []any:
		return slices.ContainsFunc(node, isMasked)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(node)), isMasked)
	default:
		return false
	}
}

// differences lists the values that two recorded environments do not share, ordered by path. Lists of different
// lengths differ as a whole.
func differences(old, new map[string]any) []Cause {
	var found []Cause
	compare("", old, new, func(difference Cause) {
		// It changes what is allowed and not what is deleted.
		if !isWithin(difference.Path, allowField) {
			found = append(found, difference)
		}
	})
	slices.SortFunc(found, func(a, b Cause) int { return strings.Compare(a.Path, b.Path) })
	return found
}

func compare(path string, old, new any, report func(Cause)) {
	if reflect.DeepEqual(old, new) {
		return
	}
	oldMap, isOldMap := old.(map[string]any)
	newMap, isNewMap := new.(map[string]any)
	isObject := (isOldMap || old == nil) && (isNewMap || new == nil)
	if isObject && len(oldMap)+len(newMap) > 0 {
		for name := range union(oldMap, newMap) {
			compare(joinPath(path, name), oldMap[name], newMap[name], report)
		}
		return
	}
	oldList, isOldList := old.([]any)
	newList, isNewList := new.([]any)
	if isOldList && isNewList && len(oldList) == len(newList) {
		for i := range oldList {
			compare(path+"["+strconv.Itoa(i)+"]", oldList[i], newList[i], report)
		}
		return
	}
	report(Cause{Path: path, Old: old, New: new})
}

func joinPath(path, name string) string {
	if strings.ContainsAny(name, ".[]\"") {
		return path + "[" + strconv.Quote(name) + "]"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}
